/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders by SET and what the watch tells, over tables as the polling process packs them. */
#include "t/unit/test.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/acts.h"
#include "agent/answer.h"
#include "agent/columns.h"
#include "agent/grid.h"
#include "agent/order_key.h"
#include "agent/order_request.h"
#include "agent/orders.h"
#include "agent/pack.h"
#include "agent/rows.h"
#include "agent/table.h"
#include "agent/trap.h"
#include "agent/trap_act.h"
#include "agent/trap_queue.h"
#include "agent/value.h"
#include "agent/watch.h"
#include "lib/base/error.h"
#include "lib/judge/classify.h"
#include "lib/judge/select.h"
#include "lib/session/session.h"

#define NOW  INT64_C(1795230245678)
#define HOUR INT64_C(3600000)

static const struct filter everything;
static const struct row_rule rule = {.idle_after = HOUR / 2, .classes = COUNT_USERS, .filter = &everything};
static const struct table none;

/* One host with one session, or without (idle_for below 0), or down. */
static struct table *table_of(int64_t idle_for, const char *birth, bool down)
{
	struct answer answer = {.target = "ts", .url = "sim:ts", .provider = "sim"};
	struct error error = {0};
	struct packed packed;
	struct table *table;
	struct rows rows;

	snapshot_init(&answer.snapshot);
	answer.snapshot.host = "ts01";
	answer.snapshot.provider = "sim";
	answer.snapshot.now = answer.snapshot.taken_at = NOW;
	answer_host_add(&answer, 3, "ts01");
	if (down)
		error_set(&answer.error, ERROR_REFUSED, STEP_CONNECT, "nothing listens");
	if (idle_for >= 0) {
		struct session *session = snapshot_add(&answer.snapshot);

		session->id = "7";
		session->numbered = true;
		session->number = 7;
		session->user = "alice";
		session->birth = birth;
		session->class = CLASS_USER;
		session->state = STATE_ACTIVE;
		session->last_input = moment_at(NOW - idle_for);
	}
	rows_make(&rows, &answer, 1, &none, &rule, NOW, 5000);
	assert_int_equal(rows_pack(&rows, &packed, &error), 0);
	table = table_take(&packed, &error);
	assert_non_null(table);
	rows_free(&rows);
	snapshot_free(&answer.snapshot);
	answer_free(&answer);
	return table;
}

static void a_key_is_void_when_the_session_is_another(void **state)
{
	struct session session;
	char key[ORDER_KEY_SIZE], other[ORDER_KEY_SIZE];

	(void)state;
	session_init(&session);
	session.id = "7";
	session.user = "alice";
	order_key_write(key, &session);
	assert_string_equal(key, ""); /* no birth */
	assert_false(order_key_holds(key, key));
	session.birth = "b1";
	session.last_input = moment_at(NOW);
	order_key_write(key, &session);
	assert_true(order_key_holds(key, key));
	session.last_input = moment_at(NOW + 1000); /* the same input, read twice */
	order_key_write(other, &session);
	assert_true(order_key_holds(key, other));
	session.last_input = moment_at(NOW + 1001); /* new input */
	order_key_write(other, &session);
	assert_false(order_key_holds(key, other));
	assert_true(order_key_holds(other, key));
	session.last_input = (struct moment){.is = MOMENT_UNKNOWN};
	order_key_write(other, &session);
	assert_false(order_key_holds(key, other));
	assert_true(order_key_holds(other, other));
	session.last_input = moment_at(NOW);
	session.birth = "b2";
	order_key_write(other, &session);
	assert_false(order_key_holds(key, other));
	session.birth = "b1";
	session.state = STATE_DISCONNECTED;
	order_key_write(other, &session);
	assert_false(order_key_holds(key, other));
	session.state = STATE_ACTIVE;
	session.connect_time = moment_at(NOW);
	order_key_write(other, &session);
	assert_false(order_key_holds(key, other));
	/* What somebody made up. */
	assert_false(order_key_holds("", key));
	assert_false(order_key_holds("0123456789abcdef-", key));
	memcpy(other, key, sizeof other);
	other[17] = '\0';
	assert_false(order_key_holds(other, key));
	memcpy(other + 17, "ffffffffffffffff", 17);
	assert_false(order_key_holds(other, key));
	memcpy(other + 17, "-1", 3);
	assert_false(order_key_holds(other, key));
}

static void key_of(char *key, const struct table *table)
{
	struct grid sessions = table_sessions(table);
	struct value value;

	assert_true(sessions.read(sessions.context, SESSION_KEY, 0, &value));
	memcpy(key, value.octets, value.length);
	key[value.length] = '\0';
}

static void columns_are_read_with_the_right_error(void **state)
{
	const struct order_rule may = {.sections[ACT_LOGGED_OFF] = "off"};
	struct order_request request = {0};

	(void)state;
	assert_true(order_rule_allows_any(&may));
	assert_int_equal(order_request_number(&request, ORDER_ACT, ACT_LOGGED_OFF, &may), FAULT_NONE);
	assert_int_equal(order_request_number(&request, ORDER_ACT, ACT_DISCONNECTED, &may), FAULT_WRONG_VALUE);
	assert_int_equal(order_request_number(&request, ORDER_ACT, 0, &may), FAULT_WRONG_VALUE);
	assert_int_equal(order_request_number(&request, ORDER_ACT, -1, &may), FAULT_WRONG_VALUE);
	assert_int_equal(order_request_number(&request, ORDER_ACT, 5, &may), FAULT_WRONG_VALUE);
	assert_int_equal(order_request_number(&request, ORDER_KEY, 4, &may), FAULT_WRONG_TYPE);
	assert_int_equal(order_request_number(&request, ORDER_LAST, 4, &may), FAULT_NOT_WRITABLE);
	assert_int_equal(order_request_text(&request, ORDER_ACT, "x", 1), FAULT_WRONG_TYPE);
	assert_int_equal(order_request_text(&request, ORDER_LAST, "x", 1), FAULT_NOT_WRITABLE);
	assert_int_equal(order_request_text(&request, ORDER_KEY, "", 0), FAULT_WRONG_LENGTH);
	assert_int_equal(order_request_text(&request, ORDER_KEY, "a\0b", 3), FAULT_WRONG_VALUE);
	assert_int_equal(order_request_text(&request, ORDER_TEXT, "\xff", 1), FAULT_WRONG_VALUE);
	assert_int_equal(order_request_text(&request, ORDER_TEXT, "a\nb", 3), FAULT_WRONG_VALUE);
	assert_int_equal(order_request_text(&request, ORDER_TEXT,
	                                    "Gr\xc3\xbc\xc3\x9f"
	                                    "e",
	                                    7),
	                 FAULT_NONE);
}

static void orders_are_taken_and_kept(void **state)
{
	struct table *table = table_of(HOUR, "b1", false), *later = table_of(HOUR, "b2", false);
	struct orders *orders = calloc(1, sizeof *orders);
	struct order_request request = {.row = {{3, 7}}, .has_key = true, .has_act = true, .act = ACT_LOGGED_OFF};
	struct order *order;
	struct trap trap;

	(void)state;
	key_of(request.key, table);
	assert_int_equal(order_request_check(&request, table, orders), FAULT_NONE);
	assert_int_equal(order_request_check(&request, later, orders), FAULT_INCONSISTENT_VALUE);
	request.row.part[1] = 8;
	assert_int_equal(order_request_check(&request, table, orders), FAULT_NO_CREATION);
	request.row.part[1] = 7;
	assert_int_equal(order_request_take(&request, table, orders), 0);
	assert_int_equal(orders_log_grid(orders).rows, 0); /* held */
	order = orders_find(orders, &request.row, ORDER_HELD);
	assert_non_null(order);
	order->result = ORDER_WAITING;
	assert_int_equal(orders_log_grid(orders).rows, 1);
	assert_int_equal(orders_grid(orders, table).rows, 1);
	assert_int_equal(orders_grid(orders, later).rows, 0); /* the row is another session's now */
	assert_int_equal(order_request_check(&request, table, orders), FAULT_INCONSISTENT_VALUE);
	assert_ptr_equal(orders_oldest_waiting(orders), order);
	order_end(order, ORDER_DONE, "");
	assert_int_equal(order_request_check(&request, table, orders), FAULT_NONE);
	order_trap(&trap, order);
	assert_int_equal(trap.kind, TRAP_ORDER_ENDED);
	assert_int_equal(trap.count, 8);
	trap_free(&trap);
	for (int i = 0; i < 3 * ORDERS_KEPT; i++) { /* the oldest ones go */
		assert_int_equal(order_request_take(&request, table, orders), 0);
		order_end(orders_find(orders, &request.row, ORDER_HELD), ORDER_FAILED, "no");
	}
	assert_true(orders->count <= ORDERS_KEPT);
	assert_int_equal(orders->number, 3 * ORDERS_KEPT + 1);
	for (int i = 0; i < ORDERS_OPEN; i++)
		assert_non_null(orders_add(orders));
	assert_null(orders_add(orders));
	assert_int_equal(order_request_check(&request, table, orders), FAULT_RESOURCE_UNAVAILABLE);
	orders_free(orders);
	assert_int_equal(orders->count, 0);
	free(orders);
	table_free(table);
	table_free(later);
}

static void line_add(struct acts *acts, const char *text)
{
	json_t *line = json_loads(text, 0, NULL);

	assert_non_null(line);
	acts_add(acts, line);
	json_decref(line);
}

#define ALICE "\"session\":{\"host\":\"TS01\",\"id\":\"7\",\"birth\":\"b1\"}"
#define WHEN  "\"time\":\"2026-11-21T03:04:05.678Z\","

static void acts_are_counted_and_the_last_is_kept(void **state)
{
	struct table *table = table_of(HOUR, "b1", false), *later = table_of(HOUR, "b2", false);
	struct acts *acts = calloc(1, sizeof *acts);
	struct value value;
	struct grid grid;

	(void)state;
	assert_int_equal(acts_sessions(acts, table).rows, 0);
	line_add(acts, "{" WHEN "\"event\":\"result\",\"action\":\"message\",\"outcome\":\"done\"," ALICE "}");
	line_add(acts, "{" WHEN "\"event\":\"refused\",\"action\":\"log off\",\"reason\":\"own\"," ALICE "}");
	line_add(acts, "{" WHEN "\"event\":\"intent\",\"action\":\"disconnect\"," ALICE "}");
	line_add(acts,
	         "{" WHEN "\"event\":\"refused\",\"count\":2,\"sessions\":[{\"host\":\"ts01\"},{\"host\":\"x\"}]}");
	grid = acts_sessions(acts, table);
	assert_int_equal(grid.rows, 1);
	assert_int_equal(grid.keys[0].part[1], 7);
	assert_true(grid.read(grid.context, LAST_ACT_ACTION, 0, &value));
	assert_int_equal(value.number, ACT_LOGGED_OFF);
	assert_true(grid.read(grid.context, LAST_ACT_OUTCOME, 0, &value));
	assert_memory_equal(value.octets, "refused", 7);
	assert_int_equal(acts_sessions(acts, later).rows, 0); /* another session in the same row */
	grid = acts_hosts(acts, table);
	assert_int_equal(grid.rows, 1);
	assert_true(grid.read(grid.context, HOST_ACT_DONE, 0, &value));
	assert_int_equal(value.number, 1);
	assert_true(grid.read(grid.context, HOST_ACT_REFUSED, 0, &value));
	assert_int_equal(value.number, 2);
	assert_true(grid.read(grid.context, HOST_ACT_FAILED, 0, &value));
	assert_int_equal(value.number, 0);
	acts_free(acts);
	free(acts);
	table_free(table);
	table_free(later);
}

static struct trap_queue queue;
static struct watch watch;

/* The kinds of what a look brings, two digits each. */
static uint64_t look(struct table *table, const struct watch_rule *by, int64_t monotonic)
{
	const struct trap *trap;
	uint64_t kinds = 0;

	watch_look(&watch, table, by, &queue, monotonic);
	while ((trap = trap_queue_next(&queue)) != NULL) {
		kinds = kinds * 100 + trap->kind;
		trap_queue_drop(&queue);
	}
	table_free(table);
	return kinds;
}

static void each_change_is_told_once(void **state)
{
	const struct watch_rule by = {.idle = {true, 4 * HOUR}, .overdue = {true, HOUR}, .hosts = true};

	(void)state;
	trap_queue_init(&queue, 100, 0);
	assert_int_equal(look(table_of(HOUR, "b1", false), &by, 0), 0);
	assert_int_equal(look(table_of(4 * HOUR, "b1", false), &by, 0), TRAP_SESSION_OVER_LIMIT);
	assert_int_equal(look(table_of(4 * HOUR, "b1", false), &by, 0), 0);
	assert_int_equal(look(table_of(5 * HOUR, "b1", false), &by, 0), TRAP_SESSION_OVERDUE);
	assert_int_equal(look(table_of(6 * HOUR, "b1", false), &by, 0), 0);
	/* Its host does not answer: that is all that is known. */
	assert_int_equal(look(table_of(-1, "", true), &by, 0), TRAP_HOST_UNREACHABLE);
	assert_int_equal(look(table_of(-1, "", true), &by, 0), 0);
	assert_int_equal(look(table_of(7 * HOUR, "b1", false), &by, 0), TRAP_HOST_BACK);
	assert_int_equal(look(table_of(0, "b1", false), &by, 0), TRAP_SESSION_BACK);
	/* Another session in the same row. */
	assert_int_equal(look(table_of(4 * HOUR, "b1", false), &by, 0), TRAP_SESSION_OVER_LIMIT);
	assert_int_equal(look(table_of(4 * HOUR, "b2", false), &by, 0),
	                 TRAP_SESSION_OVER_LIMIT * 100 + TRAP_SESSION_BACK);
	assert_int_equal(look(table_of(-1, "", false), &by, 0), TRAP_SESSION_BACK);
	watch_free(&watch);
	trap_queue_free(&queue);
}

static void what_was_suppressed_is_told_later(void **state)
{
	const struct watch_rule by = {.idle = {true, 4 * HOUR}, .hosts = true};

	(void)state;
	trap_queue_init(&queue, 1, 0);
	assert_int_equal(look(table_of(-1, "", true), &by, 0), TRAP_HOST_UNREACHABLE);
	assert_int_equal(look(table_of(4 * HOUR, "b1", false), &by, 0), 0);
	assert_int_equal(queue.suppressed, 2);
	assert_int_equal(look(table_of(4 * HOUR, "b1", false), &by, 1000), 0);
	assert_int_equal(queue.suppressed, 2);
	assert_int_equal(look(table_of(4 * HOUR, "b1", false), &by, 60000), TRAP_HOST_BACK);
	assert_int_equal(look(table_of(4 * HOUR, "b1", false), &by, 120000), TRAP_SESSION_OVER_LIMIT);
	assert_int_equal(queue.suppressed, 2);
	watch_free(&watch);
	trap_queue_free(&queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_key_is_void_when_the_session_is_another),
	    cmocka_unit_test(columns_are_read_with_the_right_error),
	    cmocka_unit_test(orders_are_taken_and_kept),
	    cmocka_unit_test(acts_are_counted_and_the_last_is_kept),
	    cmocka_unit_test(each_change_is_told_once),
	    cmocka_unit_test(what_was_suppressed_is_told_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
