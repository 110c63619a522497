/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hrSystemNumUsers, registered before snmpd's own; when the agent ends, snmpd falls back to that. */
#include <net-snmp/net-snmp-config.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/net-snmp-agent-includes.h>

#include <net-snmp/agent/scalar.h>

#include "agent/agentx.h"
#include "agent/agentx_parts.h"
#include "agent/host_resources.h"
#include "lib/base/error.h"

/* snmpd's own have 127; the lower one is asked. */
enum { PRIORITY = 100 };

static const oid number_of_users[] = {1, 3, 6, 1, 2, 1, 25, 1, 5};

/* The helper above it answers GETNEXT by GET and looks at the index. */
static int users_serve(netsnmp_mib_handler *handler, netsnmp_handler_registration *registration,
                       netsnmp_agent_request_info *info, netsnmp_request_info *requests)
{
	const struct agentx_source *source = registration->my_reg_void;
	uint32_t users;

	(void)handler;
	if (info->mode != MODE_GET)
		netsnmp_set_request_error(info, requests, SNMP_ERR_NOTWRITABLE);
	else if (source->this_machine != NULL && host_resources_users(source->table, source->this_machine, &users))
		snmp_set_var_typed_integer(requests->requestvb, ASN_GAUGE, (long)users);
	else
		netsnmp_set_request_error(info, requests, SNMP_NOSUCHINSTANCE);
	return SNMP_ERR_NOERROR;
}

int agentx_host_resources(const struct agentx_source *source, struct error *error)
{
	static netsnmp_handler_registration *registration;

	if (registration != NULL)
		netsnmp_unregister_handler(registration);
	registration =
	    netsnmp_create_handler_registration("hrSystemNumUsers", users_serve, number_of_users,
	                                        sizeof number_of_users / sizeof *number_of_users, HANDLER_CAN_RONLY);

	if (registration == NULL)
		return error_set(error, ERROR_SYSTEM, STEP_OPEN, "no memory for hrSystemNumUsers");
	registration->priority = PRIORITY;
	registration->my_reg_void = (void *)source;
	if (netsnmp_register_scalar(registration) == MIB_REGISTERED_OK)
		return 0;
	registration = NULL; /* net-snmp has freed it */
	return error_set(error, ERROR_SYSTEM, STEP_OPEN, "net-snmp does not register hrSystemNumUsers");
}
