/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of the AgentX side that are in files of their own; agentx.c calls them. */
#ifndef CURFEW_AGENTX_PARTS_H
#define CURFEW_AGENTX_PARTS_H

#include <net-snmp/net-snmp-config.h>
#include <stdbool.h>
#include <stddef.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/net-snmp-agent-includes.h>

#include "agent/agentx.h"
#include "agent/grid.h"
#include "lib/base/error.h"

/* Registers hrSystemNumUsers, anew if it was. */
int agentx_host_resources(const struct agentx_source *source, struct error *error);

/* A phase of a SET on curfewOrderTable; so many sub-ids stand before the column. */
void agentx_orders_set(const struct agentx_source *source, netsnmp_agent_request_info *info,
                       netsnmp_request_info *requests, size_t skip);

/* A subtree that is served, and its grid at this moment; false: the name is in none. */
struct agentx_place {
	const oid *root;
	size_t length;
};
typedef bool agentx_grid_of(const oid *name, size_t length, struct agentx_place *place, struct grid *grid);

/* A new connection to snmpd: its requests are answered from there on. */
void agentx_fast_begin(netsnmp_session *master, agentx_grid_of *of);

/* Before init_snmp(): notices when snmpd comes and goes. */
void agentx_trap_begin(const struct base_oid *base);

#endif
