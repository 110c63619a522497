/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the check counts, and its verdict where something is unknown. */
#include "t/unit/test.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/config/settings.h"
#include "lib/judge/classify.h"
#include "lib/judge/threshold.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "t/unit/reported.h"

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
