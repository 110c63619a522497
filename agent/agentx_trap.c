/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notifications by AgentX Notify: snmpd sends them on to its trap and inform sinks. */
#include <net-snmp/net-snmp-config.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/net-snmp-agent-includes.h>

#include <net-snmp/agent/agent_callbacks.h>
#include <net-snmp/agent/agent_trap.h>

#include "agent/agentx.h"
#include "agent/agentx_parts.h"
#include "agent/columns.h"
#include "agent/serve.h"
#include "agent/trap.h"
#include "agent/trap_queue.h"
#include "agent/value.h"

/* snmpTrapOID.0 (RFC 3418) */
static const oid trap_oid[] = {1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};

static const struct base_oid *base_of;
static bool connected;

static int on_connection(int major, int minor, void *session, void *nothing)
{
	(void)major;
	(void)nothing;
	connected = minor == SNMPD_CALLBACK_INDEX_START && session != NULL;
	return 0;
}

void agentx_trap_begin(const struct base_oid *base)
{
	base_of = base;
	snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_START, on_connection, NULL);
	snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_STOP, on_connection, NULL);
}

/* The base, then what stands behind it. */
static size_t name_make(oid *name, const unsigned long *behind, size_t length)
{
	memcpy(name, base_of->ids, base_of->length * sizeof *name);
	memcpy(name + base_of->length, behind, length * sizeof *name);
	return base_of->length + length;
}

static bool variable_add(netsnmp_variable_list **list, const unsigned long *behind, size_t length,
                         const struct value *value)
{
	oid name[OID_LENGTH_MAX];
	size_t name_length = name_make(name, behind, length);
	netsnmp_variable_list *variable = snmp_varlist_add_variable(list, name, name_length, ASN_NULL, NULL, 0);

	if (variable == NULL)
		return false;
	serve_variable(variable, value);
	return true;
}

/* What snmpTrapOID says, then the notification's own variables, the number of each first. */
static bool variables_make(netsnmp_variable_list **list, const struct trap *trap)
{
	const unsigned long kind[] = {0, trap->kind}, number[] = {1, PART_NOTIFY, NOTIFY_NUMBER, 0};
	const struct value count = {.type = VALUE_COUNTER32, .number = trap->number};
	oid name[OID_LENGTH_MAX];
	size_t length = name_make(name, kind, 2);

	if (snmp_varlist_add_variable(list, trap_oid, sizeof trap_oid / sizeof *trap_oid, ASN_OBJECT_ID, name,
	                              length * sizeof *name) == NULL ||
	    !variable_add(list, number, 4, &count))
		return false;
	for (size_t i = 0; i < trap->count; i++) {
		const struct trap_variable *variable = &trap->variables[i];
		unsigned long behind[TRAP_ID_MAX + 1] = {1};

		memcpy(behind + 1, variable->id, variable->id_length * sizeof *behind);
		if (!variable_add(list, behind, variable->id_length + 1, &variable->value))
			return false;
	}
	return true;
}

bool agentx_trap_send(const struct trap *trap)
{
	netsnmp_variable_list *list = NULL;
	bool made;

	if (!connected)
		return false;
	made = variables_make(&list, trap);
	if (made)
		send_v2trap(list);
	snmp_free_varbind(list);
	return made;
}
