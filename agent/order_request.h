/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks whether a SET on a row of curfewOrderTable is an order that may be accepted.  Pure, and independent of
 * net-snmp. */
#ifndef CURFEW_ORDER_REQUEST_H
#define CURFEW_ORDER_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/grid.h"
#include "agent/order_key.h"
#include "agent/orders.h"
#include "agent/table.h"

enum { ORDER_ACTS = 5, ORDER_TEXT_MOST = 255 };

/* The section of the configuration for each act, by enum act_number; NULL: may not be ordered. */
struct order_rule {
	const char *sections[ORDER_ACTS];
};
bool order_rule_allows_any(const struct order_rule *rule);

/* The values of a SET for one row.  Its columns come in one PDU. */
struct order_request {
	struct key row;
	bool has_key, has_act, has_text;
	char key[ORDER_KEY_SIZE];
	char text[ORDER_TEXT_MOST + 1];
	int64_t act;
};

/* SNMP's error-status for it. */
enum order_fault {
	FAULT_NONE,
	FAULT_NOT_WRITABLE, /* managers may not order anything here */
	FAULT_NO_CREATION,  /* there is no such session */
	FAULT_WRONG_TYPE,
	FAULT_WRONG_LENGTH,
	FAULT_WRONG_VALUE,        /* no act, or none that may be ordered; a text that is none */
	FAULT_INCONSISTENT_VALUE, /* key and act do not come together, or the key is another session's, or of an earlier
	                             state of it; a message without a text; another order for it has not ended */
	FAULT_RESOURCE_UNAVAILABLE, /* too many orders wait */
};

/* Stores one column in the request. */
enum order_fault order_request_number(struct order_request *request, unsigned column, int64_t number,
                                      const struct order_rule *rule);
enum order_fault order_request_text(struct order_request *request, unsigned column, const char *text, size_t length);

/* Checks all of them together, against the present sessions. */
enum order_fault order_request_check(const struct order_request *request, const struct table *table,
                                     const struct orders *orders);

/* Accepts it; it is held until orders_find(ORDER_HELD) releases it.  -1: no room, or the session has gone meanwhile. */
int order_request_take(const struct order_request *request, const struct table *table, struct orders *orders);

#endif
