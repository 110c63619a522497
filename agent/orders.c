/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/orders.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/columns.h"
#include "agent/grid.h"
#include "agent/order_key.h"
#include "agent/table.h"
#include "agent/trap.h"
#include "agent/value.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"

static bool is_open(const struct order *order)
{
	return order->result <= ORDER_RUNNING;
}

static void order_free(struct order *order)
{
	free(order->host);
	free(order->session);
	free(order->user);
	free(order->birth);
	free(order->target);
	free(order->text);
	free(order->reason);
	memset(order, 0, sizeof *order);
}

void orders_drop(struct orders *orders, struct order *order)
{
	size_t at = (size_t)(order - orders->log);

	order_free(order);
	memmove(order, order + 1, (--orders->count - at) * sizeof *order);
	memset(&orders->log[orders->count], 0, sizeof *order);
}

bool orders_have_room(const struct orders *orders)
{
	size_t open = 0;

	for (size_t i = 0; i < orders->count; i++)
		open += is_open(&orders->log[i]);
	return open < ORDERS_OPEN;
}

struct order *orders_add(struct orders *orders)
{
	struct order *order;

	if (!orders_have_room(orders))
		return NULL;
	for (size_t i = 0; orders->count == ORDERS_KEPT && i < orders->count; i++)
		if (!is_open(&orders->log[i]))
			orders_drop(orders, &orders->log[i]);
	order = &orders->log[orders->count++];
	*order = (struct order){.number = ++orders->number, .when = clock_now()};
	return order;
}

struct order *orders_find(struct orders *orders, const struct key *row, enum order_result result)
{
	for (size_t i = orders->count; i > 0; i--) {
		struct order *order = &orders->log[i - 1];

		if (order->result == result && (row == NULL || key_compare(&order->row, row) == 0))
			return order;
	}
	return NULL;
}

struct order *orders_oldest_waiting(struct orders *orders)
{
	for (size_t i = 0; i < orders->count; i++)
		if (orders->log[i].result == ORDER_WAITING)
			return &orders->log[i];
	return NULL;
}

bool orders_busy_with(const struct orders *orders, const struct key *row)
{
	for (size_t i = 0; i < orders->count; i++)
		if (is_open(&orders->log[i]) && key_compare(&orders->log[i].row, row) == 0)
			return true;
	return false;
}

void order_end(struct order *order, enum order_result result, const char *reason)
{
	order->result = result;
	free(order->reason);
	order->reason = must_strdup(reason);
}

void orders_free(struct orders *orders)
{
	while (orders->count > 0)
		orders_drop(orders, &orders->log[orders->count - 1]);
}

static bool set_number(struct value *value, enum value_type type, uint64_t number)
{
	value->type = type;
	value->number = number;
	return true;
}

static bool order_read(const void *context, unsigned column, size_t row, struct value *value)
{
	const struct orders *orders = context;
	const struct order *order = &orders->log[orders->at[row]];

	switch ((enum order_column)column) {
	case ORDER_KEY:
		return value_set_text(value, order->key);
	case ORDER_ACT:
		return set_number(value, VALUE_INTEGER, order->act);
	case ORDER_TEXT:
		return order->text[0] != '\0' && value_set_text(value, order->text);
	case ORDER_LAST:
		return set_number(value, VALUE_GAUGE32, order->number);
	}
	return false;
}

static bool log_read(const void *context, unsigned column, size_t row, struct value *value)
{
	const struct orders *orders = context;
	const struct order *order = &orders->log[orders->at[row]];

	switch ((enum order_log_column)column) {
	case ORDER_LOG_TIME:
		return value_set_time(value, order->when);
	case ORDER_LOG_HOST:
		return value_set_text(value, order->host);
	case ORDER_LOG_SESSION:
		return value_set_text(value, order->session);
	case ORDER_LOG_USER:
		return value_set_text(value, order->user);
	case ORDER_LOG_ACT:
		return set_number(value, VALUE_INTEGER, order->act);
	case ORDER_LOG_RESULT:
		return set_number(value, VALUE_INTEGER, order->result);
	case ORDER_LOG_REASON:
		return order->reason != NULL && value_set_text(value, order->reason);
	}
	return false;
}

static bool cell_is(const struct grid *sessions, const struct key *row, unsigned column, const char *text)
{
	unsigned long request[] = {column, row->part[0], row->part[1]};
	struct grid grid = *sessions;
	struct value value = {0};
	struct cell cell;

	grid.value = &value;
	return grid_get(&grid, request, 3, &cell) == GRID_FOUND && value.length == strlen(text) &&
	       memcmp(value.octets, text, value.length) == 0;
}

/* The row of the table that this order was for has not become another session's. */
static bool row_is_there(const struct grid *sessions, const struct order *order)
{
	return cell_is(sessions, &order->row, SESSION_ID, order->session) &&
	       cell_is(sessions, &order->row, SESSION_BIRTH, order->birth);
}

/* Inserts, or replaces an older order of the same row. */
static size_t row_insert(struct orders *orders, size_t rows, const struct key *key, size_t order)
{
	size_t at = 0;

	while (at < rows && key_compare(&orders->rows[at], key) < 0)
		at++;
	if (at == rows || key_compare(&orders->rows[at], key) != 0) {
		memmove(&orders->rows[at + 1], &orders->rows[at], (rows - at) * sizeof *orders->rows);
		memmove(&orders->at[at + 1], &orders->at[at], (rows - at) * sizeof *orders->at);
		orders->rows[at] = *key;
		rows++;
	}
	orders->at[at] = order;
	return rows;
}

struct grid orders_grid(struct orders *orders, const struct table *table)
{
	struct grid sessions = table_sessions(table);
	size_t rows = 0;

	for (size_t i = 0; i < orders->count; i++)
		if (orders->log[i].result != ORDER_HELD && row_is_there(&sessions, &orders->log[i]))
			rows = row_insert(orders, rows, &orders->log[i].row, i);
	return (struct grid){
	    .keys = orders->rows,
	    .rows = rows,
	    .key_length = 2,
	    .first_column = ORDER_KEY,
	    .last_column = ORDER_LAST,
	    .read = order_read,
	    .context = orders,
	};
}

struct grid orders_log_grid(struct orders *orders)
{
	size_t rows = 0;

	for (size_t i = 0; i < orders->count; i++)
		if (orders->log[i].result != ORDER_HELD)
			rows = row_insert(orders, rows, &(struct key){{orders->log[i].number}}, i);
	return (struct grid){
	    .keys = orders->rows,
	    .rows = rows,
	    .key_length = 1,
	    .first_column = ORDER_LOG_TIME,
	    .last_column = ORDER_LOG_REASON,
	    .read = log_read,
	    .context = orders,
	};
}

const char *order_result_word(enum order_result result)
{
	static const char *const words[] = {"held",         "waiting", "running", "done",  "ordered",
	                                    "already gone", "planned", "refused", "failed"};

	return words[result];
}

void order_trap(struct trap *trap, const struct order *order)
{
	trap_begin(trap, TRAP_ORDER_ENDED);
	trap_add_number(trap, ACT_ORDER, VALUE_GAUGE32, order->number);
	trap_add_time(trap, ACT_TIME, clock_now());
	trap_add_text(trap, ACT_HOST, order->host);
	trap_add_text(trap, ACT_SESSION, order->session);
	trap_add_text(trap, ACT_USER, order->user);
	trap_add_number(trap, ACT_ACTION, VALUE_INTEGER, order->act);
	trap_add_text(trap, ACT_OUTCOME, order_result_word(order->result));
	trap_add_text(trap, ACT_REASON, order->reason != NULL ? order->reason : "");
}
