/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a poll's answers to the rows and values that are served. */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/answer.h"
#include "agent/columns.h"
#include "agent/grid.h"
#include "agent/number.h"
#include "agent/pack.h"
#include "agent/rows.h"
#include "agent/table.h"
#include "agent/value.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/judge/classify.h"
#include "lib/judge/select.h"
#include "lib/session/session.h"

#define NOW INT64_C(1795230245678) /* date -u -d @1795230245: 2026-11-21 03:04:05 */

static const struct filter everything;
static const struct row_rule rule = {.idle_after = 1800000, .classes = COUNT_USERS, .filter = &everything};

static void answer_init(struct answer *answer, const char *host, uint32_t index)
{
	memset(answer, 0, sizeof *answer);
	snapshot_init(&answer->snapshot);
	answer->target = host;
	answer->url = "sim:test";
	answer->provider = "sim";
	answer->snapshot.host = host;
	answer->snapshot.provider = "sim";
	answer->snapshot.now = NOW;
	answer->snapshot.taken_at = NOW;
	answer_host_add(answer, index, host);
}

static struct session *user_add(struct answer *answer, const char *id, enum session_state state)
{
	struct session *session = snapshot_add(&answer->snapshot);

	session->id = id;
	session->user = "alice";
	session->birth = "b1";
	session->class = CLASS_USER;
	session->state = state;
	return session;
}

static struct answer *answers_new(size_t count)
{
	return must_alloc(count * sizeof(struct answer));
}

/* No poll before. */
static const struct table none;

static struct rows *make_by(struct answer *answers, size_t count, const struct table *previous,
                            const struct row_rule *by)
{
	struct rows *rows = must_alloc(sizeof *rows);

	rows_make(rows, answers, count, previous, by, NOW, 5000);
	return rows;
}

static struct rows *make(struct answer *answers, size_t count, const struct table *previous)
{
	return make_by(answers, count, previous, &rule);
}

static void rows_drop(struct rows *rows)
{
	struct answer *answers = (struct answer *)(uintptr_t)rows->answers;

	for (size_t i = 0; i < rows->answer_count; i++) {
		snapshot_free(&answers[i].snapshot);
		answer_free(&answers[i]);
	}
	free(answers);
	rows_free(rows);
	free(rows);
}

/* What is served of them. */
static struct table *packed_of(const struct rows *rows)
{
	struct error error = {0};
	struct packed packed;
	struct table *table;

	assert_int_equal(rows_pack(rows, &packed, &error), 0);
	table = table_take(&packed, &error);
	if (table == NULL)
		fail_msg("%s", error.text);
	return table;
}

static void rows_are_sorted_and_counted(void **state)
{
	struct rows *table;
	struct answer *answers = answers_new(3);
	struct session *session;

	(void)state;
	answer_init(&answers[0], "zulu", 7);
	session = user_add(&answers[0], "9", STATE_ACTIVE);
	session->numbered = true;
	session->number = 9;
	session->last_input = moment_at(NOW - 3600000);
	session = user_add(&answers[0], "2", STATE_DISCONNECTED);
	session->numbered = true;
	session->number = 2;
	session->disconnect_time = moment_at(NOW - 60000);
	answer_init(&answers[1], "alpha", 3);
	session = user_add(&answers[1], "5", STATE_ACTIVE);
	session->numbered = true;
	session->number = 5;
	session = snapshot_add(&answers[1].snapshot); /* services: shown, not counted */
	session->id = "0";
	session->numbered = true;
	session->class = CLASS_SERVICES;
	answer_init(&answers[2], "gone", 12);
	error_set(&answers[2].error, ERROR_TIMEOUT, STEP_CONNECT, "no answer");
	table = make(answers, 3, &none);

	assert_int_equal(table->serial, NOW / 1000); /* the first of an agent: no earlier agent had it */
	assert_int_equal(table->host_count, 3);
	assert_int_equal(table->unreachable, 1);
	assert_int_equal(table->host_keys[0].part[0], 3);
	assert_int_equal(table->host_keys[1].part[0], 7);
	assert_int_equal(table->host_keys[2].part[0], 12);
	assert_int_equal(table->session_count, 4);
	assert_int_equal(table->session_keys[0].part[1], 0);
	assert_int_equal(table->session_keys[1].part[1], 5);
	assert_int_equal(table->session_keys[2].part[0], 7);
	assert_int_equal(table->session_keys[2].part[1], 2);
	assert_int_equal(table->session_keys[3].part[1], 9);

	assert_int_equal(table->hosts[0].counts.total, 1);
	assert_int_equal(table->hosts[0].counts.idle_unknown, 1);
	assert_int_equal(table->hosts[1].counts.total, 2);
	assert_int_equal(table->hosts[1].counts.active, 1);
	assert_int_equal(table->hosts[1].counts.idle, 1);
	assert_int_equal(table->hosts[1].counts.disconnected, 1);
	assert_true(table->hosts[1].reachable);
	assert_false(table->hosts[2].reachable);
	assert_false(table->hosts[2].complete);
	assert_string_equal(table->hosts[2].problem, "no answer");
	rows_drop(table);
}

static void filters_and_other_hosts_are_kept_apart(void **state)
{
	struct rows *table;
	struct answer *answers = answers_new(1);
	struct arena arena = {0};
	struct filter filter = {0};
	struct row_rule some = rule;

	(void)state;
	string_list_add(&filter.exclude_users, &arena, "bob");
	some.filter = &filter;
	answer_init(&answers[0], "broker", 1);
	answer_free(&answers[0]);
	answer_host_add(&answers[0], 1, "ts01");
	answer_host_add(&answers[0], 2, "ts02");
	user_add(&answers[0], "a", STATE_ACTIVE)->host = "ts01";
	user_add(&answers[0], "b", STATE_ACTIVE)->host = "TS02";
	user_add(&answers[0], "c", STATE_ACTIVE)->user = "bob";
	answers[0].snapshot.sessions[2].host = "ts02";
	user_add(&answers[0], "d", STATE_ACTIVE)->host = "elsewhere";
	table = make_by(answers, 1, &none, &some);
	assert_int_equal(table->session_count, 2);
	assert_int_equal(table->hosts[0].counts.total, 1);
	assert_int_equal(table->hosts[1].counts.total, 1);
	rows_drop(table);
	arena_free(&arena);
}

static uint32_t number_of(const struct rows *table, const char *id)
{
	for (size_t i = 0; i < table->session_count; i++)
		if (strcmp(table->sessions[i].session->id, id) == 0)
			return table->session_keys[i].part[1];
	return 0;
}

static void numbers_stay_while_sessions_live(void **state)
{
	struct rows *first, *second;
	struct table *served;
	struct answer *answers = answers_new(1);
	uint32_t number;

	(void)state;
	answer_init(&answers[0], "login", 1);
	user_add(&answers[0], "c1", STATE_ACTIVE);
	user_add(&answers[0], "c2", STATE_ACTIVE);
	first = make(answers, 1, &none);
	number = number_of(first, "c2");
	assert_true(number >= NUMBER_SYNTHETIC);
	assert_int_not_equal(number, number_of(first, "c1"));

	/* Another session comes that has c2's number as its own: it gets the number, c2 another. */
	answers = answers_new(1);
	answer_init(&answers[0], "login", 1);
	user_add(&answers[0], "c9", STATE_ACTIVE);
	user_add(&answers[0], "c2", STATE_ACTIVE);
	user_add(&answers[0], "x", STATE_ACTIVE)->numbered = true;
	answers[0].snapshot.sessions[2].number = number;
	served = packed_of(first);
	second = make(answers, 1, served);
	table_free(served);
	assert_int_equal(number_of(second, "x"), number);
	assert_int_equal(number_of(second, "c2"), number == NUMBER_SYNTHETIC_LAST ? NUMBER_SYNTHETIC : number + 1);
	rows_drop(first);

	/* When that one has gone, c2 keeps what it has, though its first choice is free again. */
	answers = answers_new(1);
	answer_init(&answers[0], "login", 1);
	user_add(&answers[0], "c2", STATE_ACTIVE);
	served = packed_of(second);
	first = make(answers, 1, served);
	table_free(served);
	assert_int_equal(number_of(first, "c2"), number_of(second, "c2"));
	rows_drop(first);
	rows_drop(second);
}

static void two_sessions_with_one_number_are_both_shown(void **state)
{
	struct rows *table;
	struct answer *answers = answers_new(1);

	(void)state;
	answer_init(&answers[0], "liar", 1);
	for (size_t i = 0; i < 3; i++) {
		struct session *session = user_add(&answers[0], "same", STATE_ACTIVE);

		session->numbered = true;
		session->number = 4;
	}
	table = make(answers, 1, &none);
	assert_int_equal(table->session_count, 3);
	assert_int_equal(table->session_keys[0].part[1], 4);
	assert_true(table->session_keys[1].part[1] >= NUMBER_SYNTHETIC);
	assert_true(table->session_keys[2].part[1] > table->session_keys[1].part[1]);
	rows_drop(table);
}

static void counters_live_from_table_to_table(void **state)
{
	struct rows *first, *second;
	struct table *served;
	struct answer *answers = answers_new(1);

	(void)state;
	answer_init(&answers[0], "ts01", 4);
	first = make(answers, 1, &none);
	answers = answers_new(1);
	answer_init(&answers[0], "ts01", 4);
	error_set(&answers[0].error, ERROR_TIMEOUT, STEP_LIST, "late");
	served = packed_of(first);
	second = make(answers, 1, served);
	table_free(served);
	assert_int_equal(second->serial, first->serial + 1);
	assert_int_equal(second->hosts[0].polls, 2);
	assert_int_equal(second->hosts[0].failures, 1);
	assert_true(second->hosts[0].last_answer.at == NOW);
	rows_drop(first);
	rows_drop(second);
}

static void assert_octets(const struct value *value, const void *octets, size_t length)
{
	assert_int_equal(value->type, VALUE_OCTETS);
	assert_int_equal(value->length, length);
	assert_memory_equal(value->octets, octets, length);
}

/* Expected octets by hand from RFC 2579's DateAndTime and date(1). */
static void only_known_times_are_there(void **state)
{
	struct session session;
	struct session_row row = {.session = &session};
	struct value value;

	(void)state;
	session_init(&session);
	session.logon_time = moment_at(NOW);
	session.connect_time = moment_at(-500); /* 1969-12-31T23:59:59.5 */
	session.disconnect_time = (struct moment){MOMENT_NEVER, 0};
	assert_true(session_value(&row, SESSION_LOGON_TIME, &value) && value_show(&value, &(struct showing){0}));
	assert_octets(&value, "\x07\xea\x0b\x15\x03\x04\x05\x06+\0\0", 11);
	assert_true(session_value(&row, SESSION_CONNECT_TIME, &value) && value_show(&value, &(struct showing){0}));
	assert_octets(&value, "\x07\xb1\x0c\x1f\x17\x3b\x3b\x05+\0\0", 11);
	assert_false(session_value(&row, SESSION_DISCONNECT_TIME, &value));
	assert_false(session_value(&row, SESSION_LAST_INPUT, &value));
	session.logon_time = moment_at(INT64_MAX);
	assert_false(session_value(&row, SESSION_LOGON_TIME, &value));
	session.logon_time = moment_at(INT64_MIN);
	assert_false(session_value(&row, SESSION_LOGON_TIME, &value));
}

static void addresses_have_their_type(void **state)
{
	static const struct {
		const char *text;
		uint64_t type;
		const char *octets;
		size_t length;
	} table[] = {
	    {"192.0.2.7", 1, "\xc0\0\x02\x07", 4},
	    {"2001:db8::1", 2, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16},
	    {"fe80::1%eth0", 2, "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16},
	    {"kiosk-3", 0, "kiosk-3", 7},
	    {"%", 0, "%", 1},
	};
	struct session session;
	struct session_row row = {.session = &session};
	struct value value;

	(void)state;
	session_init(&session);
	for (size_t i = 0; i < COUNT(table); i++) {
		session.client_address = table[i].text;
		session_value(&row, SESSION_CLIENT_ADDRESS_TYPE, &value);
		assert_int_equal(value.number, table[i].type);
		session_value(&row, SESSION_CLIENT_ADDRESS, &value);
		assert_octets(&value, table[i].octets, table[i].length);
		session_value(&row, SESSION_CLIENT_ADDRESS_TEXT, &value);
		assert_octets(&value, table[i].text, strlen(table[i].text));
	}
	session.client_address = "";
	assert_false(session_value(&row, SESSION_CLIENT_ADDRESS_TYPE, &value));
	assert_false(session_value(&row, SESSION_CLIENT_ADDRESS, &value));
	assert_false(session_value(&row, SESSION_CLIENT_ADDRESS_TEXT, &value));
}

static void long_texts_are_cut_at_a_character(void **state)
{
	char text[600];
	struct session session;
	struct session_row row = {.session = &session};
	struct value value;

	(void)state;
	session_init(&session);
	session.user = text;
	for (size_t i = 0; i < 299; i++)
		memcpy(text + 2 * i, "\xc3\xa9", 3); /* é: two octets, so 255 is inside one */
	session_value(&row, SESSION_USER, &value);
	assert_int_equal(value.length, 254);
	memset(text, 'x', 255);
	text[255] = '\0';
	session_value(&row, SESSION_USER, &value);
	assert_int_equal(value.length, 255);
}

static void what_is_not_known_is_not_there(void **state)
{
	const struct circumstances circumstances = {.poll_interval = 30000, .idle_after = 1800000, .poll_duration = -1};
	struct rows rows;
	struct host_row host = {.reachable = false, .name = "", .target = "", .provider = "", .problem = "x"};
	struct session session;
	struct session_row row = {.session = &session};
	struct value value;

	(void)state;
	session_init(&session);
	rows_none(&rows, &circumstances);
	assert_true(scalar_value(&rows, SCALAR_SERIAL, &value));
	assert_int_equal(value.number, 0);
	assert_false(scalar_value(&rows, SCALAR_AGE, &value));
	assert_false(scalar_value(&rows, SCALAR_TIME, &value));
	assert_false(scalar_value(&rows, SCALAR_HOSTS, &value));
	assert_false(scalar_value(&rows, SCALAR_POLL_DURATION, &value));
	for (unsigned column = SCALAR_HOSTS_UNREACHABLE; column <= SCALAR_OLDEST_DISCONNECT; column++)
		assert_false(scalar_value(&rows, column, &value));
	rows.serial = 1;
	rows.taken_monotonic = clock_monotonic() - 9000;
	assert_true(scalar_value(&rows, SCALAR_AGE, &value) && value_show(&value, &(struct showing){0}));
	assert_true(value.number >= 9 && value.number <= 69);
	assert_false(host_value(&host, HOST_LAST_ANSWER, &value));
	for (unsigned column = HOST_TOTAL; column <= HOST_OLDEST_DISCONNECT; column++)
		assert_false(host_value(&host, column, &value));
	host.reachable = true;
	host.counts.oldest_idle = (struct span){true, 60000};
	assert_true(host_value(&host, HOST_OLDEST_IDLE, &value));
	assert_int_equal(value.number, 60);
	host.counts.idle_unknown = 1; /* which may be longer */
	assert_false(host_value(&host, HOST_OLDEST_IDLE, &value));
	assert_false(session_value(&row, SESSION_IDLE_SECONDS, &value));
	assert_false(session_value(&row, SESSION_DISCONNECTED_SECONDS, &value));
	assert_false(session_value(&row, SESSION_LOCKED, &value));
	session.locked = FLAG_NO;
	assert_true(session_value(&row, SESSION_LOCKED, &value));
	assert_int_equal(value.number, 2); /* TruthValue: false */
	assert_true(session_value(&row, SESSION_STATE, &value));
	assert_int_equal(value.number, 100);
	row.classification.idle = (struct span){true, INT64_C(5000000000000)};
	assert_true(session_value(&row, SESSION_IDLE_SECONDS, &value));
	assert_true(value.number == UINT32_MAX); /* a gauge stays at its end */
}

/* The farm's totals are those of the hosts that answered; if none did, there are none. */
static void totals_are_of_hosts_that_answered(void **state)
{
	struct rows *table;
	struct answer *answers = answers_new(2);
	struct value value;

	(void)state;
	answer_init(&answers[0], "ts01", 1);
	user_add(&answers[0], "1", STATE_ACTIVE);
	user_add(&answers[0], "2", STATE_DISCONNECTED);
	answer_init(&answers[1], "gone", 2);
	error_set(&answers[1].error, ERROR_TIMEOUT, STEP_CONNECT, "no answer");
	table = make(answers, 2, &none);
	assert_true(scalar_value(table, SCALAR_TOTAL, &value));
	assert_int_equal(value.number, 2);
	assert_true(scalar_value(table, SCALAR_DISCONNECTED, &value));
	assert_int_equal(value.number, 1);
	assert_true(scalar_value(table, SCALAR_HOSTS_UNREACHABLE, &value));
	assert_int_equal(value.number, 1);
	rows_drop(table);

	answers = answers_new(1);
	answer_init(&answers[0], "gone", 2);
	error_set(&answers[0].error, ERROR_TIMEOUT, STEP_CONNECT, "no answer");
	table = make(answers, 1, &none);
	assert_false(scalar_value(table, SCALAR_TOTAL, &value));
	assert_true(scalar_value(table, SCALAR_HOSTS_UNREACHABLE, &value));
	rows_drop(table);
}

/* A walk by grid_next() meets each cell that has a value, and no other. */
static void a_walk_passes_over_what_is_not_there(void **state)
{
	struct rows *table;
	struct table *served;
	struct answer *answers = answers_new(1);
	unsigned long request[3] = {0};
	size_t length = 0, met = 0, there = 0;
	struct grid grid;
	struct cell cell;
	struct value found;

	(void)state;
	answer_init(&answers[0], "ts01", 1);
	user_add(&answers[0], "c1", STATE_ACTIVE);
	user_add(&answers[0], "c2", STATE_DISCONNECTED);
	table = make(answers, 1, &none);
	served = packed_of(table);
	grid = table_sessions(served);
	grid.value = &found;
	for (unsigned column = grid.first_column; column <= grid.last_column; column++) {
		for (size_t row = 0; row < grid.rows; row++) {
			struct value value = {.type = (enum value_type)99};
			bool is = session_value(&table->sessions[row], column, &value);

			there += is;
			if (is)
				assert_int_not_equal(value.type, 99);
		}
	}
	while (grid_next(&grid, request, length, false, &cell) == GRID_FOUND) {
		struct value value;

		assert_true(session_value(&table->sessions[cell.row], cell.column, &value));
		assert_true(value_show(&value, &(struct showing){0}));
		assert_int_equal(found.type, value.type);
		if (value.type == VALUE_OCTETS)
			assert_octets(&found, value.octets, value.length);
		else
			assert_int_equal(found.number, value.number);
		request[0] = cell.column;
		request[1] = grid.keys[cell.row].part[0];
		request[2] = grid.keys[cell.row].part[1];
		length = 3;
		assert_int_equal(grid_get(&grid, request, length, &cell), GRID_FOUND);
		met++;
	}
	assert_int_equal(met, there);
	assert_true(met < grid.rows * (grid.last_column - grid.first_column + 1));
	request[0] = SESSION_LOCKED;
	assert_int_equal(grid_get(&grid, request, length, &cell), GRID_NO_ROW);
	table_free(served);
	rows_drop(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rows_are_sorted_and_counted),
	    cmocka_unit_test(filters_and_other_hosts_are_kept_apart),
	    cmocka_unit_test(numbers_stay_while_sessions_live),
	    cmocka_unit_test(two_sessions_with_one_number_are_both_shown),
	    cmocka_unit_test(counters_live_from_table_to_table),
	    cmocka_unit_test(only_known_times_are_there),
	    cmocka_unit_test(addresses_have_their_type),
	    cmocka_unit_test(long_texts_are_cut_at_a_character),
	    cmocka_unit_test(what_is_not_known_is_not_there),
	    cmocka_unit_test(totals_are_of_hosts_that_answered),
	    cmocka_unit_test(a_walk_passes_over_what_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
