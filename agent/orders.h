/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Orders that managers set: session, act and result.  The last ones are kept, so that their results can be read when
 * the session has gone.  A process of its own carries out an order (agent/order_run.h), one after the other.
 */
#ifndef CURFEW_ORDERS_H
#define CURFEW_ORDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/columns.h"
#include "agent/grid.h"
#include "agent/order_key.h"
#include "agent/table.h"
#include "agent/trap.h"
#include "agent/trap_act.h"

/* CurfewOrderResult of the MIB. */
enum order_result {
	ORDER_HELD, /* between the phases of a SET: not shown */
	ORDER_WAITING,
	ORDER_RUNNING,
	ORDER_DONE,
	ORDER_ORDERED,
	ORDER_GONE,
	ORDER_PLANNED,
	ORDER_REFUSED,
	ORDER_FAILED,
};

/* curfewOrderEntry and curfewOrderLogEntry; t/mib.t compares them. */
enum order_column { ORDER_KEY = 1, ORDER_ACT, ORDER_TEXT, ORDER_LAST };
enum order_log_column {
	ORDER_LOG_TIME = 2,
	ORDER_LOG_HOST,
	ORDER_LOG_SESSION,
	ORDER_LOG_USER,
	ORDER_LOG_ACT,
	ORDER_LOG_RESULT,
	ORDER_LOG_REASON,
};

enum {
	ORDERS_KEPT = 64,
	ORDERS_OPEN = 16, /* not ended yet: more are refused */
};

struct order {
	uint32_t number;
	struct key row;
	char key[ORDER_KEY_SIZE];
	char *host, *session, *user, *birth, *target; /* owned; target is a label */
	char *text;                                   /* of a message; "" */
	enum act_number act;
	enum order_result result;
	char *reason;
	int64_t when; /* our clock */
};

struct orders {
	struct order log[ORDERS_KEPT]; /* the oldest first */
	size_t count;
	uint32_t number;              /* the last one's */
	struct key rows[ORDERS_KEPT]; /* of the grid that was made last */
	size_t at[ORDERS_KEPT];
};

/* True if there is room for one more. */
bool orders_have_room(const struct orders *orders);
/* Adds a held order without texts.  NULL: no room. */
struct order *orders_add(struct orders *orders);
/* The newest of this result for the row; NULL: none. */
struct order *orders_find(struct orders *orders, const struct key *row, enum order_result result);
struct order *orders_oldest_waiting(struct orders *orders);
/* True if it has not ended: held, waiting or running. */
bool orders_busy_with(const struct orders *orders, const struct key *row);
void orders_drop(struct orders *orders, struct order *order);
void order_end(struct order *order, enum order_result result, const char *reason);
void orders_free(struct orders *orders);

/* curfewOrderTable: the sessions of the table that had an order and are still the same; curfewOrderLogTable. */
struct grid orders_grid(struct orders *orders, const struct table *table);
struct grid orders_log_grid(struct orders *orders);

const char *order_result_word(enum order_result result);
/* curfewOrderEnded. */
void order_trap(struct trap *trap, const struct order *order);

#endif
