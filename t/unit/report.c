/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/unit/test.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/base/utf8.h"
#include "lib/config/settings.h"
#include "lib/judge/classify.h"
#include "lib/judge/threshold.h"
#include "lib/report/report.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE, UNKNOWN = -1, HOSTS = 1200 };
static const int64_t NOW = 1795230245678;

/* A farm made by hand, and the report on it. */
static struct farm {
	struct visit visits[HOSTS];
	struct target targets[HOSTS];
	size_t count;
	struct settings settings;
	struct thresholds thresholds;
	struct report report;
	struct buffer out;
	struct arena arena;
} farm;

static int farm_begin(void **state)
{
	(void)state;
	memset(&farm, 0, sizeof farm);
	farm.settings.idle_after = 30 * MINUTE;
	farm.settings.class_bits = COUNT_USERS;
	farm.settings.max_output = 4000;
	return 0;
}

static int farm_end(void **state)
{
	(void)state;
	report_free(&farm.report);
	buffer_free(&farm.out);
	arena_free(&farm.arena);
	for (size_t i = 0; i < farm.count; i++)
		snapshot_free(&farm.visits[i].snapshot);
	return 0;
}

static struct visit *host_add(const char *label)
{
	struct target *target = &farm.targets[farm.count];
	struct visit *visit = &farm.visits[farm.count++];

	target->label = arena_strdup(&farm.arena, label);
	target->url = arena_printf(&farm.arena, "sim:farm.sim#%s%zu", label, farm.count);
	target->name = target->url;
	visit->target = target;
	visit->finished = true;
	snapshot_init(&visit->snapshot);
	visit->snapshot.provider = "sim";
	visit->snapshot.host = target->label;
	visit->snapshot.now = visit->snapshot.taken_at = NOW;
	return visit;
}

static struct session *session_add(struct visit *visit, enum session_state state, int64_t ago)
{
	struct session *session = snapshot_add(&visit->snapshot);
	struct moment when = {ago == UNKNOWN ? MOMENT_UNKNOWN : MOMENT_KNOWN, NOW - ago};

	session->id = arena_printf(&farm.arena, "%zu", visit->snapshot.count);
	session->user = "alice";
	session->state = state;
	session->class = CLASS_USER;
	if (state == STATE_DISCONNECTED)
		session->disconnect_time = when;
	else
		session->last_input = when;
	return session;
}

static void sessions_add(struct visit *visit, size_t count, enum session_state state, int64_t ago)
{
	for (size_t i = 0; i < count; i++)
		session_add(visit, state, ago);
}

static void host_fail(struct visit *visit)
{
	error_set(&visit->error, ERROR_REFUSED, STEP_CONNECT, "nothing listens on port 3350");
	error_hint(&visit->error, "start xrdp-sesman");
}

static void threshold(enum verdict level, const char *argument)
{
	struct error error = {0};

	if (thresholds_add(&farm.thresholds, level, argument, &farm.arena, &error) < 0)
		fail_msg("%s", error.text);
}

static const char *text_of(void)
{
	report_free(&farm.report);
	buffer_free(&farm.out);
	report_make(&farm.report, farm.visits, farm.count, &farm.settings, &farm.thresholds);
	report_text(&farm.report, &farm.out);
	return buffer_text(&farm.out);
}

static void expect(enum verdict verdict, const char *part)
{
	const char *text = text_of();

	if (farm.report.verdict != verdict || strstr(text, part) == NULL)
		fail_msg("%s, \"%s\" wanted:\n%s", verdict_name(verdict), part, text);
}

static void expect_without(const char *part)
{
	const char *text = text_of();

	if (strstr(text, part) != NULL)
		fail_msg("\"%s\" not wanted:\n%s", part, text);
}

static void the_first_line_is_this(void **state)
{
	struct visit *visit = host_add("ts01");

	(void)state;
	sessions_add(visit, 2, STATE_ACTIVE, 40 * MINUTE);
	sessions_add(visit, 1, STATE_ACTIVE, 90 * MINUTE);
	sessions_add(visit, 9, STATE_ACTIVE, 29 * MINUTE);
	sessions_add(visit, 7, STATE_DISCONNECTED, MINUTE);
	sessions_add(visit, 1, STATE_DISCONNECTED, 150 * MINUTE);
	session_add(visit, STATE_LISTEN, UNKNOWN)->class = CLASS_LISTENER;
	assert_string_equal(text_of(),
	                    "SESSIONS OK: 20 sessions: 12 active (3 idle), 8 disconnected | total=20;;;0 active=12;;;0 "
	                    "idle=3;;;0 disconnected=8;;;0 idle_unknown=0;;;0\n");
	threshold(VERDICT_WARNING, "10");
	threshold(VERDICT_CRITICAL, "oldest_idle=1h");
	assert_string_equal(text_of(),
	                    "SESSIONS CRITICAL: oldest_idle 1h 30m (critical 1h); 20 sessions | total=20;10;;0 "
	                    "active=12;;;0 idle=3;;;0 disconnected=8;;;0 idle_unknown=0;;;0 oldest_idle=5400s;;3600;0\n"
	                    "20 sessions: 12 active (3 idle), 8 disconnected\n"
	                    "total is 20: WARNING (warning 10)\n"
	                    "oldest_idle is 1h 30m: CRITICAL (critical 1h)\n");
}

static void nobody_there_is_an_answer(void **state)
{
	(void)state;
	farm.settings.perfdata = PERFDATA_ALL;
	host_add("ts01");
	expect(VERDICT_OK, "OK: 0 sessions: 0 active (0 idle), 0 disconnected | total=0;;;0");
	expect(VERDICT_OK, "oldest_idle=0s;;;0 oldest_disconnected=0s;;;0");
}

static void unknown_idle_widens(void **state)
{
	struct visit *visit = host_add("ts01");

	(void)state;
	sessions_add(visit, 3, STATE_ACTIVE, HOUR);
	sessions_add(visit, 4, STATE_ACTIVE, UNKNOWN);
	expect(VERDICT_OK, "7 sessions: 7 active (3 idle, 4 unknown), 0 disconnected");
	threshold(VERDICT_CRITICAL, "idle=7");
	expect(VERDICT_OK, "idle=3;;7;0");
	threshold(VERDICT_WARNING, "idle=6");
	expect(VERDICT_UNKNOWN, "SESSIONS UNKNOWN: idle 3 to 7 (OK to WARNING); 7 sessions | ");
	expect(VERDICT_UNKNOWN, "\nidle is 3 to 7: OK to WARNING (warning 6, critical 7)\n");
	threshold(VERDICT_WARNING, "total=5");
	expect(VERDICT_WARNING, "total 7 (warning 5)");
	threshold(VERDICT_CRITICAL, "active=2");
	expect(VERDICT_CRITICAL, "active 7 (critical 2)");
}

static void the_longest_may_be_unknown(void **state)
{
	struct visit *visit = host_add("ts01");

	(void)state;
	farm.settings.perfdata = PERFDATA_ALL;
	session_add(visit, STATE_ACTIVE, UNKNOWN);
	session_add(visit, STATE_DISCONNECTED, UNKNOWN);
	expect(VERDICT_OK, "oldest_idle=U;;;0 oldest_disconnected=U;;;0");
	threshold(VERDICT_WARNING, "oldest_disconnected=4h");
	expect(VERDICT_UNKNOWN, "oldest_disconnected 0s or more (OK to WARNING)");
	session_add(visit, STATE_DISCONNECTED, 5 * HOUR);
	expect(VERDICT_WARNING, "oldest_disconnected 5h 00m or more (warning 4h)");
	expect(VERDICT_WARNING, "oldest_disconnected=18000s;14400");
}

static void an_idle_filter_leaves_doubt(void **state)
{
	struct visit *visit = host_add("ts01");

	(void)state;
	string_list_add(&farm.settings.filter.states, &farm.arena, "idle");
	sessions_add(visit, 2, STATE_ACTIVE, HOUR);
	sessions_add(visit, 3, STATE_ACTIVE, UNKNOWN);
	sessions_add(visit, 4, STATE_ACTIVE, MINUTE);
	expect(VERDICT_OK, "2 sessions: 2 active (2 idle)");
	threshold(VERDICT_CRITICAL, "total=5");
	expect(VERDICT_OK, "total=2;;5;0");
	threshold(VERDICT_WARNING, "total=4");
	expect(VERDICT_UNKNOWN, "total 2 to 5 (OK to WARNING)");
}

/* Case aside, per host, and only of shells; the label is there for those alone who ask WinRM or for it. */
static void shells_are_counted_per_owner(void **state)
{
	static const struct provider winrm = {.scheme = "winrm", .capabilities = SHELLS_PER_OWNER};
	const char *const owners[] = {"alice", "bob", "Alice", "bob", "ALICE", "carol"};
	struct visit *visit = host_add("win01");

	(void)state;
	farm.settings.perfdata = PERFDATA_ALL;
	for (size_t i = 0; i < COUNT(owners); i++) {
		struct session *session = session_add(visit, i % 2 == 0 ? STATE_ACTIVE : STATE_DISCONNECTED, MINUTE);

		session->user = owners[i];
		session->domain = i == 4 ? "OTHER" : "CORP";
		session->kind = i == 3 ? KIND_DESKTOP : KIND_SHELL;
	}
	expect_without("max_shells_per_owner");
	farm.targets[0].provider = &winrm;
	expect(VERDICT_OK, " unreachable=0;;;0 max_shells_per_owner=2;;;0\n");
	farm.targets[0].provider = NULL;
	threshold(VERDICT_CRITICAL, "max_shells_per_owner=1");
	expect(VERDICT_CRITICAL, "max_shells_per_owner 2 (critical 1)");
	host_add("win02");
	sessions_add(&farm.visits[1], 3, STATE_ACTIVE, MINUTE);
	for (size_t i = 0; i < 3; i++)
		farm.visits[1].snapshot.sessions[i].kind = KIND_SHELL;
	expect(VERDICT_CRITICAL, " max_shells_per_owner=3;;1;0 win01::total");
	expect(VERDICT_CRITICAL, "win01::max_shells_per_owner=2;;;0 win02::total=3");
}

/* No target has such a limit, and there is no shell: the range would be kept for ever. */
static void shells_of_no_target_are_unknown(void **state)
{
	static const struct provider winrm = {.scheme = "winrm", .capabilities = SHELLS_PER_OWNER};

	(void)state;
	sessions_add(host_add("ts01"), 2, STATE_ACTIVE, MINUTE);
	threshold(VERDICT_CRITICAL, "max_shells_per_owner=1");
	expect(VERDICT_UNKNOWN, " max_shells_per_owner=U;;1;0\n");
	farm.targets[0].provider = &winrm;
	expect(VERDICT_OK, " max_shells_per_owner=0;;1;0\n");
}

static void an_unreachable_target_widens(void **state)
{
	(void)state;
	sessions_add(host_add("ts01"), 5, STATE_ACTIVE, MINUTE);
	host_fail(host_add("ts02"));
	expect(VERDICT_UNKNOWN, "SESSIONS UNKNOWN: 5 sessions, 1 of 2 targets unreachable | ");
	expect(VERDICT_UNKNOWN, "\n5 sessions: 5 active (0 idle), 0 disconnected, 1 of 2 targets unreachable");
	expect(VERDICT_UNKNOWN,
	       "\nts02 did not answer: connect: connection refused: nothing listens on port 3350; start xrdp-sesman\n");
	expect(VERDICT_UNKNOWN, "ts01::total=5;;;0");
	expect(VERDICT_UNKNOWN, "ts02::total=U;;;0");
	expect(VERDICT_UNKNOWN, "ts02::unreachable=1;;;0");
	threshold(VERDICT_WARNING, "unreachable=1");
	expect(VERDICT_OK, "unreachable=1;1;;0");
	threshold(VERDICT_CRITICAL, "total=100");
	expect(VERDICT_UNKNOWN, "total 5 or more (OK to CRITICAL)");
	threshold(VERDICT_CRITICAL, "unreachable=0");
	expect(VERDICT_CRITICAL, "unreachable 1 (critical 0)");
}

static void nothing_answered(void **state)
{
	(void)state;
	farm.settings.perfdata = PERFDATA_ALL;
	host_fail(host_add("ts02"));
	expect(VERDICT_UNKNOWN,
	       "SESSIONS UNKNOWN: ts02 did not answer: connect: connection refused | total=U;;;0 active=U");
	expect(VERDICT_UNKNOWN, " unreachable=1;;;0\n");
	host_fail(host_add("ts03"));
	expect(VERDICT_UNKNOWN, "SESSIONS UNKNOWN: none of 2 targets answered | ");
}

/* "configuration" or "system" tells nobody what to mend, so the first line has the text; once, however long it is. */
static void the_first_line_has_the_reason(void **state)
{
	struct visit *visit = host_add("f.sim");
	static const char reason[] = "/srv/farms/of/the/whole/company/f.sim:3: unknown key in a [session] section: usr";

	(void)state;
	error_set(&visit->error, ERROR_CONFIG, STEP_OPEN, "%s", reason);
	expect(
	    VERDICT_UNKNOWN,
	    "SESSIONS UNKNOWN: f.sim did not answer: open: /srv/farms/of/the/whole/company/f.sim:3: unknown key in a "
	    "[session] section: usr | total=U");
	expect_without("\nf.sim did not answer: open: /srv");
	expect(VERDICT_UNKNOWN, "\nf.sim did not answer: open: configuration: /srv");
}

static void an_incomplete_list_widens(void **state)
{
	struct visit *visit = host_add("ts01");

	(void)state;
	sessions_add(visit, 5, STATE_ACTIVE, MINUTE);
	visit->snapshot.complete = false;
	/* Without a threshold, too, half an answer is no OK. */
	expect(VERDICT_UNKNOWN, "UNKNOWN: at least 5 sessions: 5 active");
	expect(VERDICT_UNKNOWN, "\nts01 gave an incomplete list: sessions may be missing\n");
	threshold(VERDICT_CRITICAL, "3");
	expect(VERDICT_CRITICAL, "total 5 or more (critical 3)");
	threshold(VERDICT_CRITICAL, "idle=10");
	expect(VERDICT_CRITICAL, "idle is 0 or more: OK to CRITICAL");
	memset(&farm.thresholds, 0, sizeof farm.thresholds);
	threshold(VERDICT_WARNING, "6:");
	expect(VERDICT_UNKNOWN, "total 5 or more (OK to WARNING)");
}

/* Whatever the unknown sessions turn out to be, the verdict is one that the judgement allows; and for
   one metric both ends of the judgement can happen. */
static void judgements_agree_with_brute_force(void **state)
{
	static const char *const idle_ranges[] = {"2", "@1:2", "@3", "1:3", "4:", "@2:2", "0"};

	srand(20261121);
	for (int round = 0; round < 2000; round++) {
		int idle = rand() % 4, unknown = rand() % 5, active = rand() % 3;
		enum verdict mildest = VERDICT_CRITICAL, gravest = VERDICT_OK;
		struct visit *visit;

		farm_end(state);
		farm_begin(state);
		visit = host_add("ts01");
		sessions_add(visit, (size_t)idle, STATE_ACTIVE, HOUR);
		sessions_add(visit, (size_t)unknown, STATE_ACTIVE, UNKNOWN);
		sessions_add(visit, (size_t)active, STATE_ACTIVE, MINUTE);
		for (int level = VERDICT_WARNING; level <= VERDICT_CRITICAL; level++)
			threshold((enum verdict)level,
			          arena_printf(&farm.arena, "idle=%s", idle_ranges[rand() % COUNT(idle_ranges)]));
		for (int turned = 0; turned < 1 << unknown; turned++) {
			int value = idle + __builtin_popcount((unsigned)turned);
			enum verdict verdict = VERDICT_OK;

			if (range_alerts(&farm.thresholds.metrics[METRIC_IDLE].warning, value))
				verdict = VERDICT_WARNING;
			if (range_alerts(&farm.thresholds.metrics[METRIC_IDLE].critical, value))
				verdict = VERDICT_CRITICAL;
			mildest = verdict < mildest ? verdict : mildest;
			gravest = verdict > gravest ? verdict : gravest;
		}
		text_of();
		assert_int_equal(farm.report.judgement.mildest, mildest);
		assert_int_equal(farm.report.judgement.gravest, gravest);
		assert_int_equal(farm.report.verdict, mildest == gravest ? mildest : VERDICT_UNKNOWN);
	}
}

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, farm_begin, farm_end)

/* Neither active nor disconnected is known of it: it may be either. */
static void an_unknown_state_may_be_any(void **state)
{
	struct visit *visit = host_add("ts01");

	(void)state;
	sessions_add(visit, 2, STATE_OTHER, UNKNOWN);
	session_add(visit, STATE_ACTIVE, MINUTE);
	expect(VERDICT_OK, "3 sessions: 1 active (0 idle), 0 disconnected, 2 of unknown state");
	threshold(VERDICT_CRITICAL, "disconnected=0");
	expect(VERDICT_UNKNOWN, "disconnected");
	assert_true(farm.report.metrics[METRIC_DISCONNECTED].possible.high == 2);
	assert_true(farm.report.metrics[METRIC_ACTIVE].possible.high == 3);
	assert_true(farm.report.metrics[METRIC_IDLE].possible.high == 2);
	assert_true(farm.report.metrics[METRIC_IDLE_UNKNOWN].possible.high == 2);
	assert_true(farm.report.metrics[METRIC_TOTAL].possible.high == 3);
	assert_true(isinf(farm.report.metrics[METRIC_OLDEST_IDLE].possible.high));
	assert_true(isinf(farm.report.metrics[METRIC_OLDEST_DISCONNECTED].possible.high));
	assert_false(farm.report.metrics[METRIC_OLDEST_DISCONNECTED].known);
	memset(&farm.thresholds, 0, sizeof farm.thresholds);
	threshold(VERDICT_CRITICAL, "disconnected=2");
	expect(VERDICT_OK, "2 of unknown state");
	threshold(VERDICT_CRITICAL, "active=2:");
	expect(VERDICT_UNKNOWN, "active");
	/* Waiting for a client is known, and neither. */
	visit->snapshot.sessions[0].state = visit->snapshot.sessions[1].state = STATE_WAITING;
	memset(&farm.thresholds, 0, sizeof farm.thresholds);
	threshold(VERDICT_CRITICAL, "disconnected=0");
	threshold(VERDICT_CRITICAL, "active=1:");
	expect(VERDICT_OK, "3 sessions: 1 active (0 idle), 0 disconnected");
	expect_without("unknown state");
}

/* A filter on a state cannot tell whether it means them. */
static void a_filter_may_mean_an_unknown_state(void **state)
{
	struct visit *visit = host_add("ts01");

	(void)state;
	sessions_add(visit, 2, STATE_OTHER, UNKNOWN);
	string_list_add(&farm.settings.filter.states, &farm.arena, "disconnected");
	threshold(VERDICT_CRITICAL, "total=0");
	expect(VERDICT_UNKNOWN, "total");
	string_list_add(&farm.settings.filter.users, &farm.arena, "bob");
	expect(VERDICT_OK, "0 sessions");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(the_first_line_is_this),
	    TEST(nobody_there_is_an_answer),
	    TEST(unknown_idle_widens),
	    TEST(the_longest_may_be_unknown),
	    TEST(an_idle_filter_leaves_doubt),
	    TEST(shells_are_counted_per_owner),
	    TEST(shells_of_no_target_are_unknown),
	    TEST(an_unknown_state_may_be_any),
	    TEST(a_filter_may_mean_an_unknown_state),
	    TEST(an_unreachable_target_widens),
	    TEST(nothing_answered),
	    TEST(the_first_line_has_the_reason),
	    TEST(an_incomplete_list_widens),
	    TEST(judgements_agree_with_brute_force),
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
