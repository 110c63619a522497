/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SET on curfewOrderTable (RFC 2741 7.2.4: TestSet, CommitSet, then CleanupSet or UndoSet).  What a SET says is read
 * anew in each phase; between them an order is held.  Nothing here waits.
 */
#include <net-snmp/net-snmp-config.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/net-snmp-agent-includes.h>

#include "agent/agentx.h"
#include "agent/agentx_parts.h"
#include "agent/grid.h"
#include "agent/order_request.h"
#include "agent/orders.h"
#include "lib/base/log.h"

enum { ROWS_MOST = ORDERS_OPEN };

/* The rows that one PDU names. */
struct order_rows {
	struct order_request items[ROWS_MOST];
	size_t count;
};

static int status_of(enum order_fault fault)
{
	switch (fault) {
	case FAULT_NONE:
		return SNMP_ERR_NOERROR;
	case FAULT_NOT_WRITABLE:
		return SNMP_ERR_NOTWRITABLE;
	case FAULT_NO_CREATION:
		return SNMP_ERR_NOCREATION;
	case FAULT_WRONG_TYPE:
		return SNMP_ERR_WRONGTYPE;
	case FAULT_WRONG_LENGTH:
		return SNMP_ERR_WRONGLENGTH;
	case FAULT_WRONG_VALUE:
		return SNMP_ERR_WRONGVALUE;
	case FAULT_INCONSISTENT_VALUE:
		return SNMP_ERR_INCONSISTENTVALUE;
	case FAULT_RESOURCE_UNAVAILABLE:
		return SNMP_ERR_RESOURCEUNAVAILABLE;
	}
	return SNMP_ERR_GENERR;
}

/* The row that a variable names: column, host, number.  NULL with *fault. */
static struct order_request *row_of(struct order_rows *rows, const netsnmp_variable_list *variable, size_t skip,
                                    enum order_fault *fault)
{
	const oid *behind = variable->name + skip;
	struct key key;

	*fault = FAULT_NOT_WRITABLE;
	if (variable->name_length <= skip || behind[0] < ORDER_KEY || behind[0] >= ORDER_LAST)
		return NULL;
	*fault = FAULT_NO_CREATION;
	if (variable->name_length != skip + 3)
		return NULL;
	key = (struct key){{(uint32_t)behind[1], (uint32_t)behind[2]}};
	for (size_t i = 0; i < rows->count; i++)
		if (key_compare(&rows->items[i].row, &key) == 0)
			return &rows->items[i];
	*fault = FAULT_RESOURCE_UNAVAILABLE;
	if (rows->count == ROWS_MOST)
		return NULL;
	rows->items[rows->count] = (struct order_request){.row = key};
	return &rows->items[rows->count++];
}

static enum order_fault column_read(struct order_request *row, const netsnmp_variable_list *variable, unsigned column,
                                    const struct order_rule *rule)
{
	if (variable->type == ASN_INTEGER)
		return order_request_number(row, column, *variable->val.integer, rule);
	if (variable->type == ASN_OCTET_STR)
		return order_request_text(row, column, (const char *)variable->val.string, variable->val_len);
	return FAULT_WRONG_TYPE;
}

static int rows_read(struct order_rows *rows, netsnmp_agent_request_info *info, netsnmp_request_info *requests,
                     size_t skip, const struct order_rule *rule)
{
	int result = 0;

	rows->count = 0;
	for (netsnmp_request_info *request = requests; request != NULL; request = request->next) {
		const netsnmp_variable_list *variable = request->requestvb;
		enum order_fault fault;
		struct order_request *row = row_of(rows, variable, skip, &fault);

		if (row != NULL)
			fault = column_read(row, variable, (unsigned)variable->name[skip], rule);
		if (fault == FAULT_NONE)
			continue;
		netsnmp_set_request_error(info, request, status_of(fault));
		result = -1;
	}
	return result;
}

/* Each variable of a row that may not be ordered gets the row's error. */
static void rows_check(const struct order_rows *rows, netsnmp_agent_request_info *info, netsnmp_request_info *requests,
                       size_t skip, const struct agentx_source *source)
{
	for (netsnmp_request_info *request = requests; request != NULL; request = request->next) {
		const oid *behind = request->requestvb->name + skip;
		const struct key key = {{(uint32_t)behind[1], (uint32_t)behind[2]}};

		for (size_t i = 0; i < rows->count; i++) {
			enum order_fault fault;

			if (key_compare(&rows->items[i].row, &key) != 0)
				continue;
			fault = order_request_check(&rows->items[i], source->table, source->orders);
			if (fault != FAULT_NONE)
				netsnmp_set_request_error(info, request, status_of(fault));
		}
	}
}

static void held_drop(const struct order_rows *rows, struct orders *orders)
{
	for (size_t i = 0; i < rows->count; i++) {
		struct order *order = orders_find(orders, &rows->items[i].row, ORDER_HELD);

		if (order != NULL)
			orders_drop(orders, order);
	}
}

static void rows_take(const struct order_rows *rows, netsnmp_agent_request_info *info, netsnmp_request_info *requests,
                      const struct agentx_source *source)
{
	for (size_t i = 0; i < rows->count; i++) {
		if (order_request_take(&rows->items[i], source->table, source->orders) == 0)
			continue;
		held_drop(rows, source->orders);
		netsnmp_set_request_error(info, requests, SNMP_ERR_COMMITFAILED);
		return;
	}
}

static void held_release(const struct order_rows *rows, struct orders *orders)
{
	for (size_t i = 0; i < rows->count; i++) {
		struct order *order = orders_find(orders, &rows->items[i].row, ORDER_HELD);

		if (order == NULL)
			continue;
		order->result = ORDER_WAITING;
		log_line(LOG_LEVEL_INFO, "order %u: session %s of %s on %s", order->number, order->session, order->user,
		         order->host);
	}
}

void agentx_orders_set(const struct agentx_source *source, netsnmp_agent_request_info *info,
                       netsnmp_request_info *requests, size_t skip)
{
	static struct order_rows rows;
	int read;

	if (!order_rule_allows_any(source->order_rule)) {
		netsnmp_set_request_error(info, requests, SNMP_ERR_NOTWRITABLE);
		return;
	}
	read = rows_read(&rows, info, requests, skip, source->order_rule);
	switch (info->mode) {
	case MODE_SET_RESERVE1:
		if (read == 0)
			rows_check(&rows, info, requests, skip, source);
		break;
	case MODE_SET_ACTION:
		if (read == 0)
			rows_take(&rows, info, requests, source);
		break;
	case MODE_SET_COMMIT:
		held_release(&rows, source->orders);
		break;
	case MODE_SET_FREE:
	case MODE_SET_UNDO:
		held_drop(&rows, source->orders);
		break;
	default:
		break;
	}
}
