/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/serve.h"

#include <stdint.h>
#include <string.h>

#include "agent/grid.h"
#include "agent/value.h"

void serve_variable(netsnmp_variable_list *variable, const struct value *value)
{
	struct counter64 wide = {.high = (u_long)(value->number >> 32), .low = (u_long)(value->number & 0xffffffff)};
	long number = (long)value->number;
	u_long positive = (u_long)value->number;

	switch (value->type) {
	case VALUE_INTEGER:
		snmp_set_var_typed_value(variable, ASN_INTEGER, &number, sizeof number);
		break;
	case VALUE_GAUGE32:
		snmp_set_var_typed_value(variable, ASN_GAUGE, &positive, sizeof positive);
		break;
	case VALUE_COUNTER32:
		snmp_set_var_typed_value(variable, ASN_COUNTER, &positive, sizeof positive);
		break;
	case VALUE_COUNTER64:
		snmp_set_var_typed_value(variable, ASN_COUNTER64, &wide, sizeof wide);
		break;
	case VALUE_TICKS:
		snmp_set_var_typed_value(variable, ASN_TIMETICKS, &positive, sizeof positive);
		break;
	case VALUE_OCTETS:
		snmp_set_var_typed_value(variable, ASN_OCTET_STR, value->octets, value->length);
		break;
	case VALUE_MOMENT:
	case VALUE_SINCE:
	case VALUE_STAMP:
	case VALUE_FAILURES:
	case VALUE_TYPES: /* value_show() leaves none of them */
		break;
	}
}

/* What a request names below the root.  net-snmp (5.9.3 at least) reads sub-ids off the AgentX
   socket as int, so that those from 2^31 up arrive with 32 bits set that were never sent. */
static size_t request_of(const netsnmp_variable_list *variable, size_t skip, unsigned long *request)
{
	size_t length = variable->name_length > skip ? variable->name_length - skip : 0;

	for (size_t i = 0; i < length; i++)
		request[i] = variable->name[skip + i] & UINT32_MAX;
	return length;
}

void serve_get(const struct grid *grid, size_t length, netsnmp_variable_list *variable)
{
	struct value value = {0};
	struct grid filled = *grid;
	unsigned long below[MAX_OID_LEN];
	struct cell cell;

	filled.value = &value;
	switch (grid_get(&filled, below, request_of(variable, length, below), &cell)) {
	case GRID_FOUND:
		serve_variable(variable, &value);
		break;
	case GRID_NO_COLUMN:
		snmp_set_var_typed_value(variable, SNMP_NOSUCHOBJECT, NULL, 0);
		break;
	case GRID_NO_ROW:
	case GRID_END:
		snmp_set_var_typed_value(variable, SNMP_NOSUCHINSTANCE, NULL, 0);
		break;
	}
}

bool serve_next(const struct grid *grid, const oid *root, size_t root_length, bool inclusive,
                netsnmp_variable_list *variable)
{
	struct value value = {0};
	struct grid filled = *grid;
	unsigned long below[MAX_OID_LEN];
	size_t length = 0;
	oid name[SERVE_OID_MAX];
	struct cell cell;

	filled.value = &value;
	if (variable->name_length >= root_length &&
	    snmp_oid_compare(variable->name, root_length, root, root_length) == 0)
		length = request_of(variable, root_length, below);
	else if (snmp_oid_compare(variable->name, variable->name_length, root, root_length) > 0)
		return false;
	if (grid_next(&filled, below, length, inclusive, &cell) != GRID_FOUND)
		return false;
	memcpy(name, root, root_length * sizeof *name);
	name[root_length] = cell.column;
	for (unsigned i = 0; i < grid->key_length; i++)
		name[root_length + 1 + i] = grid->keys[cell.row].part[i];
	snmp_set_var_objid(variable, name, root_length + 1 + grid->key_length);
	serve_variable(variable, &value);
	return true;
}

/* At the end of the table the variable stays as it is, and net-snmp goes on behind it. */
void serve_request(const struct grid *grid, const oid *root, size_t length, netsnmp_agent_request_info *info,
                   netsnmp_request_info *request)
{
	switch (info->mode) {
	case MODE_GET:
		serve_get(grid, length, request->requestvb);
		break;
	case MODE_GETNEXT:
		serve_next(grid, root, length, request->inclusive != 0, request->requestvb);
		break;
	default:
		netsnmp_set_request_error(info, request, SNMP_ERR_NOTWRITABLE);
	}
}
