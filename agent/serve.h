/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A grid as net-snmp's handlers serve it: in curfew-agent, and in the module
 * for snmpd.  Nothing waits here.
 */
#ifndef CURFEW_SERVE_H
#define CURFEW_SERVE_H

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/net-snmp-agent-includes.h>

#include <stdbool.h>
#include <stddef.h>

#include "agent/grid.h"
#include "agent/value.h"

enum { SERVE_OID_MAX = 64 }; /* sub-ids of a root, and of what stands behind it */

/* net-snmp copies the value. */
void serve_variable(netsnmp_variable_list *variable, const struct value *value);

/* One request of a handler. */
void serve_request(const struct grid *grid, const oid *root, size_t length, netsnmp_agent_request_info *info,
                   netsnmp_request_info *request);

/* The same for a variable on its own.  GET: its value is set, to an exception if there is none.  GETNEXT: name and
 * value are set, or false if nothing follows here. */
void serve_get(const struct grid *grid, size_t length, netsnmp_variable_list *variable);
bool serve_next(const struct grid *grid, const oid *root, size_t length, bool inclusive,
                netsnmp_variable_list *variable);

#endif
