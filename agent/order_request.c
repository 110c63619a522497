/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/order_request.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/columns.h"
#include "agent/grid.h"
#include "agent/order_key.h"
#include "agent/orders.h"
#include "agent/table.h"
#include "agent/trap_act.h"
#include "agent/value.h"
#include "lib/base/arena.h"
#include "lib/base/text.h"

bool order_rule_allows_any(const struct order_rule *rule)
{
	for (size_t i = 0; i < ORDER_ACTS; i++)
		if (rule->sections[i] != NULL)
			return true;
	return false;
}

enum order_fault order_request_number(struct order_request *request, unsigned column, int64_t number,
                                      const struct order_rule *rule)
{
	if (column != ORDER_ACT)
		return column < ORDER_LAST ? FAULT_WRONG_TYPE : FAULT_NOT_WRITABLE;
	if (number <= ACT_NONE || number >= ORDER_ACTS || rule->sections[number] == NULL)
		return FAULT_WRONG_VALUE;
	request->has_act = true;
	request->act = number;
	return FAULT_NONE;
}

enum order_fault order_request_text(struct order_request *request, unsigned column, const char *text, size_t length)
{
	if (column == ORDER_KEY) {
		if (length == 0 || length >= sizeof request->key)
			return FAULT_WRONG_LENGTH;
		memcpy(request->key, text, length);
		request->key[length] = '\0';
		request->has_key = true;
		return strlen(request->key) == length ? FAULT_NONE : FAULT_WRONG_VALUE;
	}
	if (column != ORDER_TEXT)
		return column == ORDER_ACT ? FAULT_WRONG_TYPE : FAULT_NOT_WRITABLE;
	if (length > ORDER_TEXT_MOST)
		return FAULT_WRONG_LENGTH;
	memcpy(request->text, text, length);
	request->text[length] = '\0';
	request->has_text = true;
	return strlen(request->text) == length && text_plain(request->text) ? FAULT_NONE : FAULT_WRONG_VALUE;
}

/* The text of a cell, for the caller to free; NULL: there is none. */
static char *cell_text(const struct grid *from, unsigned column, const struct key *row)
{
	unsigned long request[] = {column, row->part[0], row->part[1]};
	struct value value = {0};
	struct grid grid = *from;
	struct cell cell;
	char *text;

	grid.value = &value;
	if (grid_get(&grid, request, 1 + grid.key_length, &cell) != GRID_FOUND || value.type != VALUE_OCTETS)
		return NULL;
	text = must_alloc(value.length + 1);
	memcpy(text, value.octets, value.length);
	return text;
}

enum order_fault order_request_check(const struct order_request *request, const struct table *table,
                                     const struct orders *orders)
{
	struct grid sessions = table_sessions(table);
	char *id = cell_text(&sessions, SESSION_ID, &request->row);
	char *key = cell_text(&sessions, SESSION_KEY, &request->row);
	enum order_fault fault = FAULT_NONE;

	if (id == NULL)
		fault = FAULT_NO_CREATION;
	else if (!request->has_key || !request->has_act || key == NULL || !order_key_holds(request->key, key) ||
	         (request->act == ACT_MESSAGED) != (request->has_text && request->text[0] != '\0') ||
	         orders_busy_with(orders, &request->row))
		fault = FAULT_INCONSISTENT_VALUE;
	else if (!orders_have_room(orders))
		fault = FAULT_RESOURCE_UNAVAILABLE;
	free(id);
	free(key);
	return fault;
}

int order_request_take(const struct order_request *request, const struct table *table, struct orders *orders)
{
	struct grid sessions = table_sessions(table), hosts = table_hosts(table);
	struct order *order;

	if (order_request_check(request, table, orders) != FAULT_NONE || (order = orders_add(orders)) == NULL)
		return -1;
	order->row = request->row;
	order->act = (enum act_number)request->act;
	text_copy(order->key, sizeof order->key, request->key);
	order->text = must_strdup(request->text);
	order->host = cell_text(&hosts, HOST_NAME, &request->row);
	order->target = cell_text(&hosts, HOST_TARGET, &request->row);
	order->session = cell_text(&sessions, SESSION_ID, &request->row);
	order->user = cell_text(&sessions, SESSION_USER, &request->row);
	order->birth = cell_text(&sessions, SESSION_BIRTH, &request->row);
	if (order->host != NULL && order->target != NULL && order->session != NULL && order->user != NULL &&
	    order->birth != NULL)
		return 0;
	orders_drop(orders, order);
	return -1;
}
