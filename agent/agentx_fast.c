/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Answers GET and GETNEXT where they arrive.
 *
 * net-snmp's subagent hands each request on to its own agent through two pipes
 * within the process: ten system calls a round trip, of which the socket needs
 * two.  So the callback of the session to snmpd is ours.  It answers a request
 * if all of its variables are in tables that we serve, by net-snmp's AgentX codec;
 * all else goes the library's way.
 */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/net-snmp-agent-includes.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "agent/agentx_parts.h"
#include "agent/grid.h"
#include "agent/serve.h"

/* RFC 2741 6.2.5, 6.2.6, 6.2.16 */
enum { MESSAGE_GET = 5, MESSAGE_GETNEXT = 6, MESSAGE_RESPONSE = 18 };

static netsnmp_callback theirs;
static agentx_grid_of *grid_of;

/* Sub-ids as they were sent: see agent/serve.c. */
static void name_mend(netsnmp_variable_list *variable)
{
	for (size_t i = 0; i < variable->name_length; i++)
		variable->name[i] &= UINT32_MAX;
}

/* The end of the range that a GETNEXT may answer from (RFC 2741 5.2): none, or what is not before it is not asked for.
 */
static bool in_range(const netsnmp_variable_list *variable, const oid *end, size_t length)
{
	oid mended[MAX_OID_LEN];

	if (length == 0 || (length == 2 && end[0] == 0 && end[1] == 0))
		return true;
	for (size_t i = 0; i < length; i++)
		mended[i] = end[i] & UINT32_MAX;
	return snmp_oid_compare(variable->name, variable->name_length, mended, length) < 0;
}

/* The codec leaves the end of the range as the value, and the type says whether the start is included. */
static bool answer_next(const struct grid *grid, const struct agentx_place *place, netsnmp_variable_list *variable)
{
	oid start[MAX_OID_LEN], end[MAX_OID_LEN];
	size_t start_length = variable->name_length, end_length = variable->val_len / sizeof(oid);
	bool inclusive = variable->type == ASN_PRIV_INCL_RANGE;

	if (end_length > MAX_OID_LEN || start_length > MAX_OID_LEN)
		return false;
	memcpy(start, variable->name, start_length * sizeof *start);
	if (end_length > 0)
		memcpy(end, variable->val.objid, end_length * sizeof *end);
	if (serve_next(grid, place->root, place->length, inclusive, variable) && in_range(variable, end, end_length))
		return true;
	snmp_set_var_objid(variable, start, start_length);
	snmp_set_var_typed_value(variable, SNMP_ENDOFMIBVIEW, NULL, 0);
	return true;
}

static bool answer(int command, netsnmp_variable_list *variable)
{
	struct agentx_place place;
	struct grid grid;

	name_mend(variable);
	if (!grid_of(variable->name, variable->name_length, &place, &grid))
		return false;
	if (command == MESSAGE_GETNEXT)
		return answer_next(&grid, &place, variable);
	serve_get(&grid, place.length, variable);
	return true;
}

/* A copy of the request becomes the answer.  NULL: it is for the library. */
static netsnmp_pdu *answer_make(netsnmp_pdu *request)
{
	netsnmp_pdu *reply;

	for (const netsnmp_variable_list *at = request->variables; at != NULL; at = at->next_variable)
		if (at->name_length > MAX_OID_LEN)
			return NULL;
	reply = request->variables != NULL ? snmp_clone_pdu(request) : NULL;
	if (reply == NULL)
		return NULL;
	for (netsnmp_variable_list *at = reply->variables; at != NULL; at = at->next_variable) {
		if (!answer(request->command, at)) {
			snmp_free_pdu(reply);
			return NULL;
		}
	}
	reply->command = MESSAGE_RESPONSE;
	reply->errstat = SNMP_ERR_NOERROR;
	reply->errindex = 0;
	return reply;
}

static int received(int operation, netsnmp_session *session, int number, netsnmp_pdu *request, void *magic)
{
	netsnmp_pdu *reply;

	if (operation != NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE ||
	    (request->command != MESSAGE_GET && request->command != MESSAGE_GETNEXT))
		return theirs(operation, session, number, request, magic);
	reply = answer_make(request);
	if (reply == NULL)
		return theirs(operation, session, number, request, magic);
	reply->version = session->version;
	if (snmp_send(session, reply) == 0)
		snmp_free_pdu(reply);
	return 1;
}

void agentx_fast_begin(netsnmp_session *master, agentx_grid_of *of)
{
	if (master->callback == received)
		return;
	theirs = master->callback;
	grid_of = of;
	master->callback = received;
}
