/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the check prints: labels, bounds, tables, JSON. */
#include "t/unit/test.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/error.h"
#include "lib/base/utf8.h"
#include "lib/judge/classify.h"
#include "lib/judge/threshold.h"
#include "lib/report/report.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "t/unit/reported.h"

/* The labels of a first line's performance data. */
static char *labels_of(const char *text)
{
	struct buffer labels = {0};
	char *copy;

	text = strstr(text, " | ");
	assert_non_null(text);
	for (text += 3; *text != '\n'; text += strcspn(text, " \n"), text += *text == ' ') {
		buffer_add(&labels, text, strcspn(text, "="));
		buffer_puts(&labels, " ");
	}
	copy = arena_strdup(&farm.arena, buffer_text(&labels));
	buffer_free(&labels);
	return copy;
}

static void labels_do_not_depend_on_values(void **state)
{
	(void)state;
	for (size_t hosts = 1; hosts <= 40; hosts++) {
		struct visit *visit = host_add("rds0000");
		char *calm, *busy;

		farm.targets[hosts - 1].label = arena_printf(&farm.arena, "rds%04zu", hosts);
		calm = labels_of(text_of());
		for (size_t i = 0; i < farm.count; i++) {
			sessions_add(&farm.visits[i], 30, STATE_ACTIVE, (int64_t)24 * 3000 * HOUR);
			sessions_add(&farm.visits[i], 30, STATE_DISCONNECTED, (int64_t)24 * 3000 * HOUR);
		}
		host_fail(visit);
		busy = labels_of(text_of());
		assert_string_equal(calm, busy);
		assert_true(farm.out.length <= 4000);
		error_clear(&visit->error);
		if (hosts == 1)
			assert_null(strstr(calm, "::"));
		else if (hosts <= 5)
			assert_non_null(strstr(calm, farm.targets[hosts - 1].label));
		else if (hosts == 40)
			assert_null(strstr(calm, "::"));
	}
	farm.settings.max_output = 0;
	assert_non_null(strstr(labels_of(text_of()), "rds0040::unreachable"));
}

/* At every size of the output, whichever side of the decision it is on. */
static void labels_do_not_depend_on_values_near_the_limit(void **state)
{
	(void)state;
	for (int i = 1; i <= 4; i++)
		host_add(arena_printf(&farm.arena, "ts%d", i));
	for (size_t limit = 1000; limit < 2600; limit += 3) {
		char *calm, *busy;

		farm.settings.max_output = limit;
		calm = labels_of(text_of());
		for (size_t i = 0; i < farm.count; i++) {
			sessions_add(&farm.visits[i], 1000, STATE_ACTIVE, (int64_t)24 * 3000 * HOUR);
			farm.visits[i].error.code = i == 1 ? ERROR_TIMEOUT : ERROR_NONE;
		}
		busy = labels_of(text_of());
		assert_string_equal(calm, busy);
		for (size_t i = 0; i < farm.count; i++) {
			farm.visits[i].snapshot.count = 0;
			error_clear(&farm.visits[i].error);
		}
	}
}

static size_t lines_in(const char *text)
{
	size_t lines = 0;

	for (; *text != '\0'; text++)
		lines += *text == '\n';
	return lines;
}

static void output_is_bounded(void **state)
{
	size_t all, shown;
	const char *left;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		struct visit *visit = host_add(arena_printf(&farm.arena, "rds%zu", i));

		sessions_add(visit, 3, STATE_ACTIVE, (int64_t)i * MINUTE);
		if (i % 100 == 0)
			host_fail(visit);
		else if (i >= 20)
			session_add(visit, STATE_ACTIVE, 0)->station =
			    "a-station-with-a-name-that-makes-the-line-longer";
	}
	farm.settings.verbose = 1;
	farm.settings.max_output = 0;
	all = lines_in(text_of());
	for (size_t limit = 1; limit < 9000; limit += 61) {
		farm.settings.max_output = limit;
		text_of();
		if (farm.out.length > limit)
			fail_msg("%zu bytes of %zu", farm.out.length, limit);
		assert_true(farm.out.text[farm.out.length - 1] == '\n');
	}
	farm.settings.max_output = 4000;
	left = strstr(text_of(), "... ");
	shown = lines_in(buffer_text(&farm.out)) - 1;
	assert_non_null(left);
	/* One more than without a limit: that the figures of each target were left out. */
	assert_int_equal(strtoul(left + 4, NULL, 10) + shown, all + 1);
	/* Problems come first. */
	expect(VERDICT_UNKNOWN, "rds900 did not answer: connect: ");
}

/* What is there is the beginning: a short line further down does not slip in. */
static void lines_are_left_out_from_the_end(void **state)
{
	struct visit *visit = host_add("ts01");

	(void)state;
	error_set(&visit->error, ERROR_SYSTEM, STEP_OPEN, "%0200d", 7);
	host_fail(host_add("ts02"));
	farm.settings.max_output = 0;
	expect(VERDICT_UNKNOWN, "0007\nts02 did not answer");
	for (size_t limit = 200; limit < 1000; limit += 10) {
		farm.settings.max_output = limit;
		if (strstr(text_of(), "\nts02 ") != NULL)
			assert_non_null(strstr(buffer_text(&farm.out), "0007\nts02 "));
	}
}

static void hostile_names_stay_in_their_line(void **state)
{
	static const char hostile[] = "a\nSESSIONS OK | total=0\x1b[2J\\%n%s'\"=\xe2\x80\xae\x7f\xc2\x85z";
	struct visit *visit = host_add(hostile), *other = host_add("x\xff\nCRITICAL | y=1");
	struct session *session = session_add(visit, STATE_ACTIVE, HOUR);
	const char *text;

	(void)state;
	session->user = session->domain = session->client_name = session->station = session->id = hostile;
	session->state = STATE_OTHER;
	session->state_text = hostile;
	snapshot_notice(&visit->snapshot, "%s", hostile);
	visit->snapshot.now += HOUR;
	error_set(&other->error, ERROR_SYSTEM, STEP_OPEN, "%s", hostile);
	error_hint(&other->error, "%s", hostile);
	farm.settings.verbose = 1;
	farm.settings.explain = farm.settings.diagnose = true;
	text = text_of();
	assert_true(utf8_valid(text, farm.out.length));
	for (const char *p = text; *p != '\0'; p++)
		assert_true((unsigned char)*p >= ' ' || *p == '\n');
	assert_null(strchr(text, '\x7f'));
	assert_null(strstr(text, "\xe2\x80\xae"));
	assert_null(strstr(text, "\nSESSIONS"));
	assert_null(strchr(strchr(text, '|') + 1, '|'));
	report_json(&farm.report, &farm.out);
	assert_true(utf8_valid(farm.out.text, farm.out.length));
}

static void sessions_make_a_table(void **state)
{
	struct visit *visit = host_add("ts01");
	struct session *session;

	(void)state;
	farm.settings.verbose = 1;
	session_add(visit, STATE_DISCONNECTED, 200 * MINUTE)->user = "bob";
	session = session_add(visit, STATE_ACTIVE, 45 * MINUTE);
	session->user = "鈴木";
	session->client_name = "PC7";
	session->station = ":10";
	session = session_add(visit, STATE_ACTIVE, 2 * HOUR);
	session->domain = "CORP";
	session->user = "Jürgen";
	session->client_address = "192.0.2.7";
	session->locked = FLAG_YES;
	session_add(visit, STATE_ACTIVE, UNKNOWN)->user = "a-name-so-long-that-the-table-has-to-cut-it-somewhere";
	session = session_add(visit, STATE_LISTEN, UNKNOWN);
	session->class = CLASS_LISTENER;
	session->user = "";
	assert_string_equal(
	    strchr(text_of(), '\n') + 1,
	    "id  user                                      state              for      client     station\n"
	    "3   CORP\\Jürgen                               idle, locked       2h 00m   192.0.2.7\n"
	    "2   鈴木                                      idle               45m      PC7        :10\n"
	    "4   a-name-so-long-that-the-table-has-to-cu…  active             unknown\n"
	    "1   bob                                       disconnected       3h 20m\n"
	    "5                                             listen [listener]\n");
}

static void explain_gives_reasons(void **state)
{
	struct visit *visit = host_add("ts01");
	struct session *session;

	(void)state;
	farm.settings.explain = true;
	string_list_add(&farm.settings.filter.users, &farm.arena, "alice");
	session_add(visit, STATE_ACTIVE, HOUR);
	session_add(visit, STATE_ACTIVE, 0)->user = "bob";
	session = session_add(visit, STATE_WAITING, UNKNOWN);
	session->class = CLASS_CONSOLE;
	snapshot_notice(&visit->snapshot, "not root: other users' idle times cannot be seen");
	assert_string_equal(strchr(text_of(), '\n') + 1,
	                    "ts01: note: not root: other users' idle times cannot be seen\n"
	                    "id  user   state              for     because\n"
	                    "1   alice  idle               1h 00m  active without input for at least the idle limit\n"
	                    "2   bob    active             0s      not counted: the filters leave it out\n"
	                    "3   alice  waiting [console]          not counted: the console\n");
}

static void hosts_get_a_column(void **state)
{
	(void)state;
	farm.settings.verbose = 1;
	session_add(host_add("ts01"), STATE_ACTIVE, MINUTE);
	session_add(host_add("ts02"), STATE_ACTIVE, HOUR);
	assert_string_equal(strchr(text_of(), '\n') + 1, "host  id  user   state   for\n"
	                                                 "ts02  1   alice  idle    1h 00m\n"
	                                                 "ts01  1   alice  active  1m\n");
}

static void diagnose_walks_the_steps(void **state)
{
	struct visit *visit = host_add("ts01"), *other = host_add("ts02");

	(void)state;
	farm.settings.diagnose = true;
	visit->trail.count = other->trail.count = 1;
	visit->trail.steps[0].step = other->trail.steps[0].step = STEP_RESOLVE;
	visit->trail.steps[0].took = 12;
	host_fail(other);
	assert_string_equal(
	    strchr(text_of(), '\n') + 1,
	    "0 sessions: 0 active (0 idle), 0 disconnected, 1 of 2 targets unreachable\n"
	    "ts02 (sim:farm.sim#ts022): resolve 0 ms, connect FAILED: connection refused: nothing listens on "
	    "port 3350\n"
	    "  what to do: start xrdp-sesman\n"
	    "ts01 (sim:farm.sim#ts011): resolve 12 ms, done: 0 sessions of all classes\n");
}

static void a_wrong_clock_is_mentioned(void **state)
{
	struct visit *visit = host_add("ts01");

	(void)state;
	visit->snapshot.now = NOW + 2 * MINUTE;
	expect_without("clock");
	visit->snapshot.now = NOW + 7 * MINUTE;
	expect(VERDICT_OK, "\nts01: its clock is 7m ahead of ours\n");
	visit->snapshot.now = NOW - 3 * HOUR;
	expect(VERDICT_OK, "\nts01: its clock is 3h 00m behind ours\n");
}

static json_t *json_of(void)
{
	json_t *json;

	report_free(&farm.report);
	buffer_free(&farm.out);
	report_make(&farm.report, farm.visits, farm.count, &farm.settings, &farm.thresholds);
	report_json(&farm.report, &farm.out);
	json = json_loads(buffer_text(&farm.out), JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(json);
	return json;
}

/* jansson's own unpacker as the reader; strict about the keys named in doc/json.md only where they matter. */
static void json_holds_the_tree(void **state)
{
	struct visit *visit = host_add("ts01");
	const char *verdict, *label, *step, *usage, *id, *range;
	json_int_t value, lowest, skew, idle;
	int counted, reachable;
	json_t *json;

	(void)state;
	session_add(visit, STATE_ACTIVE, HOUR);
	session_add(visit, STATE_ACTIVE, UNKNOWN);
	visit->snapshot.now += 5000;
	host_fail(host_add("ts02"));
	threshold(VERDICT_CRITICAL, "idle=@3:4");
	json = json_of();
	assert_int_equal(json_unpack(json, "{s:s, s:{s:{s:I, s:I, s:n, s:s, s:n}}}", "verdict", &verdict, "metrics",
	                             "idle", "value", &value, "lowest", &lowest, "highest", "critical", &range,
	                             "warning"),
	                 0);
	assert_string_equal(verdict, "UNKNOWN");
	assert_string_equal(range, "@3:4");
	assert_int_equal(value, 1);
	assert_int_equal(lowest, 1);
	assert_int_equal(json_unpack(json_array_get(json_object_get(json, "targets"), 0),
	                             "{s:s, s:I, s:n, s:{s:[{s:s, s:{s:b, s:s, s:I, s:n}}, {s:{s:n}}]}}", "label",
	                             &label, "skew_ms", &skew, "error", "snapshot", "sessions", "id", &id,
	                             "classification", "counted", &counted, "usage", &usage, "idle_ms", &idle,
	                             "disconnected_ms", "classification", "idle_ms"),
	                 0);
	assert_string_equal(label, "ts01");
	assert_int_equal(skew, 5000);
	assert_string_equal(id, "1");
	assert_string_equal(usage, "idle");
	assert_true(counted);
	assert_int_equal(idle, HOUR + 5000);
	assert_int_equal(json_unpack(json_array_get(json_object_get(json, "targets"), 1), "{s:b, s:n, s:n, s:{s:s}}",
	                             "reachable", &reachable, "snapshot", "counts", "error", "step", &step),
	                 0);
	assert_false(reachable);
	assert_string_equal(step, "connect");
	json_decref(json);
}

/* error texts are cut at a byte: half a character at the end must not lose the key. */
static void json_keeps_cut_texts(void **state)
{
	struct visit *visit = host_add("ts01");
	const char *text;
	json_t *json;

	(void)state;
	visit->error.code = ERROR_SYSTEM;
	memset(visit->error.text, 'x', sizeof visit->error.text - 2);
	visit->error.text[sizeof visit->error.text - 2] = '\xc3';
	json = json_of();
	assert_int_equal(json_unpack(json, "{s:[{s:{s:s}}]}", "targets", "error", "text", &text), 0);
	assert_int_equal(strlen(text), sizeof visit->error.text - 2 + 3);
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(labels_do_not_depend_on_values),
	    TEST(labels_do_not_depend_on_values_near_the_limit),
	    TEST(output_is_bounded),
	    TEST(lines_are_left_out_from_the_end),
	    TEST(hostile_names_stay_in_their_line),
	    TEST(sessions_make_a_table),
	    TEST(explain_gives_reasons),
	    TEST(hosts_get_a_column),
	    TEST(diagnose_walks_the_steps),
	    TEST(a_wrong_clock_is_mentioned),
	    TEST(json_holds_the_tree),
	    TEST(json_keeps_cut_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
