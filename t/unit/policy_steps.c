/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps to an end: warnings in time, deadlines, more time, and the end. */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/clock.h"
#include "lib/policy/ladder.h"
#include "lib/policy/policy.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "t/unit/policy_scene.h"

static void an_idle_session_climbs_the_ladder(void **state)
{
	struct scene scene;
	struct policy_decision decision;

	(void)state;
	scene_make(&scene);
	decision = decide_at(&scene, NOW);
	assert_int_equal(decision.step, POLICY_LEAVE);
	assert_int_equal(decision.reason, WHY_EARLY);
	assert_int_equal(decision.next, POLICY_WARN);
	assert_int_equal(decision.next_at, NOW + 20 * MINUTE);
	assert_int_equal(decision.end, POLICY_DISCONNECT);
	assert_int_equal(decision.end_at, NOW + 30 * MINUTE);

	decision = decide_at(&scene, NOW + 20 * MINUTE);
	assert_int_equal(decision.step, POLICY_WARN);
	assert_int_equal(decision.rung, 0);
	warn(&scene, &decision, WARNING_GIVEN, NOW + 20 * MINUTE);

	decision = decide_at(&scene, NOW + 28 * MINUTE);
	assert_int_equal(decision.step, POLICY_LEAVE);
	assert_int_equal(decision.next, POLICY_WARN);
	assert_int_equal(decision.rung, 1);
	assert_int_equal(decision.next_at, NOW + 29 * MINUTE);

	decision = decide_at(&scene, NOW + 29 * MINUTE);
	assert_int_equal(decision.step, POLICY_WARN);
	warn(&scene, &decision, WARNING_GIVEN, NOW + 29 * MINUTE);

	decision = decide_at(&scene, NOW + 30 * MINUTE - 1);
	assert_int_equal(decision.step, POLICY_LEAVE);
	assert_int_equal(decision.next, POLICY_DISCONNECT);
	decision = decide_at(&scene, NOW + 30 * MINUTE);
	assert_int_equal(decision.step, POLICY_DISCONNECT);
	assert_int_equal(decision.reason, WHY_DUE);
	assert_int_equal(decision.next_at, NOW + 30 * MINUTE);
}

static void a_late_warning_puts_the_end_off(void **state)
{
	struct scene scene;
	struct policy_decision decision;

	(void)state;
	scene_make(&scene);
	idle_for(&scene, 5 * HOUR);
	decision = decide_at(&scene, NOW);
	assert_int_equal(decision.step, POLICY_WARN);
	assert_int_equal(decision.end_at, NOW + 10 * MINUTE);
	warn(&scene, &decision, WARNING_GIVEN, NOW);
	decision = decide_at(&scene, NOW + 20 * MINUTE); /* the second rung, late as well */
	assert_int_equal(decision.step, POLICY_WARN);
	assert_int_equal(decision.rung, 1);
	assert_int_equal(decision.end_at, NOW + 21 * MINUTE);
	warn(&scene, &decision, WARNING_GIVEN, NOW + 20 * MINUTE);
	assert_int_equal(decide_at(&scene, NOW + 21 * MINUTE - 1).step, POLICY_LEAVE);
	assert_int_equal(decide_at(&scene, NOW + 21 * MINUTE).step, POLICY_DISCONNECT);
}

/* Runs come on the minute, and take a second each: the end comes on its minute all the same. */
static void the_time_that_a_run_takes_is_not_late(void **state)
{
	struct scene scene;
	struct policy_decision decision;

	(void)state;
	scene_make(&scene);
	decision = decide_at(&scene, NOW + 20 * MINUTE + 1000);
	assert_int_equal(decision.step, POLICY_WARN);
	assert_int_equal(decision.end_at, NOW + 30 * MINUTE);
	warn(&scene, &decision, WARNING_GIVEN, NOW + 20 * MINUTE + 1500);
	decision = decide_at(&scene, NOW + 29 * MINUTE + 300);
	assert_int_equal(decision.step, POLICY_WARN);
	assert_int_equal(decision.end_at, NOW + 30 * MINUTE);
	warn(&scene, &decision, WARNING_GIVEN, NOW + 29 * MINUTE + 6000); /* a tenth */
	assert_int_equal(decide_at(&scene, NOW + 30 * MINUTE - 1).step, POLICY_LEAVE);
	assert_int_equal(decide_at(&scene, NOW + 30 * MINUTE).step, POLICY_DISCONNECT);
	warn(&scene, &decision, WARNING_GIVEN, NOW + 29 * MINUTE + 6001); /* more is late */
	assert_int_equal(decide_at(&scene, NOW + 30 * MINUTE + 6000).step, POLICY_LEAVE);
	assert_int_equal(decide_at(&scene, NOW + 30 * MINUTE + 6001).step, POLICY_DISCONNECT);
}

static void an_input_begins_anew(void **state)
{
	struct scene scene;
	struct policy_decision decision;

	(void)state;
	scene_make(&scene);
	idle_for(&scene, HOUR);
	warned_in_time(&scene);
	assert_int_equal(decide_at(&scene, NOW).step, POLICY_DISCONNECT);
	scene.session.last_input.at += 500; /* the same input, told a little differently */
	scene.warnings[CAUSE_IDLE].rung[0].at -= MINUTE;
	assert_int_equal(decide_at(&scene, NOW + 500).step, POLICY_DISCONNECT);
	idle_for(&scene, MINUTE);
	decision = decide_at(&scene, NOW);
	assert_int_equal(decision.step, POLICY_LEAVE);
	assert_int_equal(decision.next, POLICY_WARN);
	/* idle for so long once more: it is warned once more */
	decision = decide_at(&scene, NOW + 2 * HOUR);
	assert_int_equal(decision.step, POLICY_WARN);
	assert_int_equal(decision.rung, 0);
}

static void who_came_back_is_warned_anew(void **state)
{
	struct scene scene;
	struct policy_warnings *warnings;

	(void)state;
	scene_make(&scene);
	scene.policies[0].limit[CAUSE_LENGTH] = (struct span){true, 8 * HOUR};
	scene.policies[0].limit[CAUSE_IDLE].known = false;
	warnings = &scene.warnings[CAUSE_LENGTH];
	warnings->began = scene.session.logon_time.at;
	warnings->rung[0].state = warnings->rung[1].state = WARNING_GIVEN;
	warnings->rung[0].at = warnings->rung[1].at = NOW - HOUR;
	assert_int_equal(decide_at(&scene, NOW).step, POLICY_LOGOFF);
	scene.session.connect_time = moment_at(NOW - 5 * MINUTE);
	scene.session.last_input = moment_at(NOW - 5 * MINUTE);
	assert_int_equal(decide_at(&scene, NOW).step, POLICY_WARN);
}

static void a_disconnected_session_is_logged_off_after_its_own_time(void **state)
{
	struct scene scene;
	struct policy_decision decision;

	(void)state;
	scene_make(&scene);
	disconnected_for(&scene, HOUR);
	decision = decide_at(&scene, NOW);
	assert_int_equal(decision.step, POLICY_LEAVE);
	assert_int_equal(decision.next, POLICY_LOGOFF); /* nobody is there to be warned */
	assert_int_equal(decision.next_at, NOW + HOUR);
	assert_int_equal(decide_at(&scene, NOW + HOUR).step, POLICY_LOGOFF);
	scene.policies[0].limit[CAUSE_DISCONNECTED].known = false;
	assert_int_equal(decide_at(&scene, NOW + HOUR).reason, WHY_NO_LIMIT);
}

static void a_disconnect_time_that_is_not_told(void **state)
{
	struct scene scene;

	(void)state;
	scene_make(&scene);
	disconnected_for(&scene, 0);
	scene.session.disconnect_time.is = MOMENT_UNKNOWN;
	scene.history.state_since = moment_at(NOW - 3 * HOUR);
	assert_int_equal(decide_at(&scene, NOW).reason, WHY_TIME_UNKNOWN);
	scene.policies[0].count_seen = true;
	assert_int_equal(decide_at(&scene, NOW).step, POLICY_LOGOFF);
	scene.history.state_since = moment_at(NOW - HOUR);
	assert_int_equal(decide_at(&scene, NOW).step, POLICY_LEAVE);
	scene.history.state_since = moment_at(NOW + 1);
	assert_int_equal(decide_at(&scene, NOW).reason, WHY_TIME_UNKNOWN);
}

static void outside_of_its_times_nothing_is_done(void **state)
{
	struct scene scene;
	struct policy_decision decision;

	(void)state;
	scene_make(&scene);
	scene.policies[0].when = window(5, 12 * 60, 13 * 60); /* Saturday 12:00; it is 11:20 */
	idle_for(&scene, 5 * HOUR);
	warned_in_time(&scene);
	decision = decide_at(&scene, NOW);
	assert_int_equal(decision.step, POLICY_LEAVE);
	assert_int_equal(decision.reason, WHY_CLOSED);
	assert_int_equal(decision.next, POLICY_WARN);
	assert_int_equal(decision.next_at, NOW + 40 * MINUTE);
	/* It opens: the warnings of before do not count. */
	decision = decide_at(&scene, NOW + 40 * MINUTE);
	assert_int_equal(decision.step, POLICY_WARN);
	assert_int_equal(decision.rung, 0);
	warn(&scene, &decision, WARNING_GIVEN, NOW + 40 * MINUTE);
	/* Late: the end would come when it has closed. */
	decision = decide_at(&scene, NOW + 99 * MINUTE);
	assert_int_equal(decision.step, POLICY_LEAVE);
	assert_int_equal(decision.reason, WHY_CLOSING);
}

static void a_deadline_is_warned_of_before_it_comes(void **state)
{
	struct scene scene;
	struct policy_decision decision;

	(void)state;
	scene_make(&scene);
	scene.policies[0].limit[CAUSE_IDLE].known = false;
	scene.policies[0].deadline = window(5, 12 * 60, 22 * 60);
	decision = decide_at(&scene, NOW + 29 * MINUTE);
	assert_int_equal(decision.step, POLICY_LEAVE);
	assert_int_equal(decision.cause, CAUSE_DEADLINE);
	assert_int_equal(decision.next_at, NOW + 30 * MINUTE);
	assert_int_equal(decision.end_at, NOW + 40 * MINUTE);
	decision = decide_at(&scene, NOW + 30 * MINUTE);
	assert_int_equal(decision.step, POLICY_WARN);
	warn(&scene, &decision, WARNING_GIVEN, NOW + 30 * MINUTE);
	scene.session.last_input = moment_at(NOW + 31 * MINUTE); /* input does not help */
	decision = decide_at(&scene, NOW + 39 * MINUTE);
	assert_int_equal(decision.step, POLICY_WARN);
	assert_int_equal(decision.rung, 1);
	warn(&scene, &decision, WARNING_GIVEN, NOW + 39 * MINUTE);
	assert_int_equal(decide_at(&scene, NOW + 40 * MINUTE - 1).step, POLICY_LEAVE);
	assert_int_equal(decide_at(&scene, NOW + 40 * MINUTE).step, POLICY_LOGOFF);
	/* Who is disconnected goes as well, if the end is to log off. */
	disconnected_for(&scene, MINUTE);
	scene.policies[0].limit[CAUSE_DISCONNECTED].known = false;
	assert_int_equal(decide_at(&scene, NOW + 40 * MINUTE).step, POLICY_LOGOFF);
	scene.policies[0].end[CAUSE_DEADLINE] = POLICY_DISCONNECT;
	assert_int_equal(decide_at(&scene, NOW + 40 * MINUTE).reason, WHY_NO_LIMIT);
}

static void an_undelivered_warning_stops_the_end(void **state)
{
	struct scene scene;
	struct policy_decision decision;

	(void)state;
	scene_make(&scene);
	idle_for(&scene, HOUR);
	warned_in_time(&scene);
	scene.warnings[CAUSE_IDLE].rung[1].state = WARNING_UNDELIVERED;
	decision = decide_at(&scene, NOW);
	assert_int_equal(decision.step, POLICY_WARN); /* tried again */
	assert_int_equal(decision.rung, 1);
	scene.policies[0].unwarned_too = true;
	assert_int_equal(decide_at(&scene, NOW).step, POLICY_DISCONNECT);

	scene_make(&scene);
	idle_for(&scene, HOUR);
	scene.subject.capabilities = CAN_DISCONNECT;
	assert_int_equal(decide_at(&scene, NOW).reason, WHY_NO_WARNING);
	scene.policies[0].unwarned_too = true;
	assert_int_equal(decide_at(&scene, NOW).step, POLICY_DISCONNECT);
	scene.policies[0].unwarned_too = false;
	scene.policies[0].lead_count = 0;
	assert_int_equal(decide_at(&scene, NOW).step, POLICY_DISCONNECT);
}

/* He was told of 10 minutes by the first policy; then the second one means him, whose warning comes one minute before.
 */
static void a_warning_counts_for_the_policy_that_gave_it(void **state)
{
	struct policy_decision decision;
	struct scene scene;

	(void)state;
	scene_make(&scene);
	idle_for(&scene, HOUR);
	warned_in_time(&scene);
	assert_int_equal(decide_at(&scene, NOW).step, POLICY_DISCONNECT);
	scene.policies[1] = office();
	scene.policies[1].name = "locked";
	scene.policies[1].locked = FLAG_YES;
	scene.policies[0].locked = FLAG_NO;
	scene.policy_count = 2;
	scene.session.locked = FLAG_YES;
	decision = decide_at(&scene, NOW);
	assert_ptr_equal(decision.policy, &scene.policies[1]);
	assert_int_equal(decision.step, POLICY_WARN);
	assert_int_equal(decision.rung, 0);
	/* back again, in the same episode: what it has announced still holds */
	scene.session.locked = FLAG_NO;
	assert_int_equal(decide_at(&scene, NOW).step, POLICY_DISCONNECT);
	/* whoever renames a policy has another one */
	scene.policies[0].name = "bureau";
	decision = decide_at(&scene, NOW);
	assert_int_equal(decision.step, POLICY_WARN);
	assert_int_equal(decision.rung, 0);
}

/* The operator changes the policy while users are warned. */
static void what_was_announced_is_kept(void **state)
{
	struct policy_decision decision;
	struct scene scene;

	(void)state;
	scene_make(&scene);
	scene.policies[0].lead_count = 1;
	idle_for(&scene, 50 * MINUTE);
	decision = decide_at(&scene, NOW);
	assert_int_equal(decision.step, POLICY_WARN);
	warn(&scene, &decision, WARNING_GIVEN, NOW);
	assert_int_equal(decision.end_at, NOW + 10 * MINUTE);
	scene.policies[0].limit[CAUSE_IDLE].length = 30 * MINUTE;
	scene.policies[0].lead[0] = 2 * MINUTE;
	decision = decide_at(&scene, NOW + 10 * MINUTE - 1);
	assert_int_equal(decision.step, POLICY_LEAVE);
	assert_int_equal(decision.next, POLICY_DISCONNECT);
	assert_int_equal(decision.next_at, NOW + 10 * MINUTE);
	assert_int_equal(decide_at(&scene, NOW + 10 * MINUTE).step, POLICY_DISCONNECT);
	/* he was told of a disconnect, which ends no programs */
	scene.policies[0].end[CAUSE_IDLE] = POLICY_LOGOFF;
	decision = decide_at(&scene, NOW + 10 * MINUTE);
	assert_int_equal(decision.step, POLICY_WARN);
	assert_int_equal(decision.rung, 0);
}

/* Each failed try makes the pause to the next one longer, and the end is not less overdue for that. */
static void an_undelivered_warning_is_tried_less_and_less(void **state)
{
	static const int64_t pauses[] = {0, 0, 5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 40 * MINUTE, HOUR, HOUR};
	struct policy_warnings *warnings;
	struct scene scene;

	(void)state;
	scene_make(&scene);
	idle_for(&scene, HOUR);
	warned_in_time(&scene);
	warnings = &scene.warnings[CAUSE_IDLE];
	warnings->rung[1].state = WARNING_UNDELIVERED;
	warnings->rung[1].at = NOW - MINUTE;
	for (unsigned tries = 0; tries < COUNT(pauses); tries++) {
		struct policy_decision decision;

		warnings->rung[1].tries = tries;
		if (pauses[tries] > 0) {
			decision = decide_at(&scene, NOW - MINUTE + pauses[tries] - 1);
			assert_int_equal(decision.step, POLICY_LEAVE);
			assert_int_equal(decision.reason, WHY_UNDELIVERED);
			assert_int_equal(decision.next, POLICY_WARN);
			assert_int_equal(decision.next_at, NOW - MINUTE + pauses[tries]);
			assert_true(decision.due_known);
			assert_int_equal(decision.due_at, NOW);
		}
		decision = decide_at(&scene, NOW - MINUTE + pauses[tries]);
		assert_int_equal(decision.step, POLICY_WARN);
		assert_int_equal(decision.rung, 1);
	}
	/* A try that another clock has made, and one of before he came back, say nothing. */
	warnings->rung[1].at = NOW + HOUR;
	assert_int_equal(decide_at(&scene, NOW).step, POLICY_WARN);
	scene.policies[0].unwarned_too = true;
	warnings->rung[1].at = NOW - MINUTE;
	assert_int_equal(decide_at(&scene, NOW).step, POLICY_DISCONNECT);
}

static void a_snooze_puts_the_end_off(void **state)
{
	struct scene scene;

	(void)state;
	scene_make(&scene);
	idle_for(&scene, HOUR);
	warned_in_time(&scene);
	scene.history.snoozed_until = NOW + 30 * MINUTE;
	assert_int_equal(decide_at(&scene, NOW).step, POLICY_LEAVE);
	assert_int_equal(decide_at(&scene, NOW).next_at, NOW + 20 * MINUTE);
	assert_int_equal(decide_at(&scene, NOW + 20 * MINUTE).step, POLICY_WARN);
}

/* The warning that was answered belongs to the end that was put off, and not to the new one. */
static void more_time_begins_the_ladder_anew(void **state)
{
	struct scene scene;
	struct policy_decision decision;

	(void)state;
	scene_make(&scene);
	idle_for(&scene, HOUR - MINUTE);
	decision = decide_at(&scene, NOW - 9 * MINUTE);
	assert_int_equal(decision.step, POLICY_WARN);
	warn(&scene, &decision, WARNING_GIVEN, NOW - 9 * MINUTE);
	decision = decide_at(&scene, NOW);
	assert_int_equal(decision.step, POLICY_WARN);
	assert_int_equal(decision.rung, 1);
	warn(&scene, &decision, WARNING_GIVEN, NOW);
	scene.history.snoozed_until = NOW + 9 * MINUTE;

	decision = decide_at(&scene, NOW);
	assert_int_equal(decision.step, POLICY_WARN);
	assert_int_equal(decision.rung, 0);
	warn(&scene, &decision, WARNING_GIVEN, NOW + 1);
	decision = decide_at(&scene, NOW + 10 * MINUTE);
	assert_int_equal(decision.step, POLICY_WARN);
	assert_int_equal(decision.rung, 1);
	warn(&scene, &decision, WARNING_GIVEN, NOW + 10 * MINUTE);
	assert_int_equal(decide_at(&scene, NOW + 11 * MINUTE).step, POLICY_DISCONNECT);
}

/* Only of a limit that counts in spite of input, and no oftener than the policy says. */
static void who_may_ask_for_more_time(void **state)
{
	struct scene scene;
	struct policy_decision decision;

	(void)state;
	scene_make(&scene);
	idle_for(&scene, 2 * HOUR);
	scene.policies[0].snooze = (struct span){true, 30 * MINUTE};
	scene.policies[0].snooze_most = 2;
	decision = decide_at(&scene, NOW);
	assert_int_equal(decision.step, POLICY_WARN);
	assert_false(decision.may_snooze); /* a key is enough */

	scene.policies[0].limit[CAUSE_IDLE].known = false;
	scene.policies[0].limit[CAUSE_LENGTH] = (struct span){true, 4 * HOUR};
	scene.history.snoozes = 1;
	decision = decide_at(&scene, NOW);
	assert_int_equal(decision.step, POLICY_WARN);
	assert_int_equal(decision.cause, CAUSE_LENGTH);
	assert_true(decision.may_snooze);
	scene.history.snoozes = 2;
	assert_false(decide_at(&scene, NOW).may_snooze);
}

/* What is known not to be at work goes; so does what cannot be told, if the policy says so. */
int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_idle_session_climbs_the_ladder),
	    cmocka_unit_test(a_late_warning_puts_the_end_off),
	    cmocka_unit_test(the_time_that_a_run_takes_is_not_late),
	    cmocka_unit_test(an_input_begins_anew),
	    cmocka_unit_test(who_came_back_is_warned_anew),
	    cmocka_unit_test(a_disconnected_session_is_logged_off_after_its_own_time),
	    cmocka_unit_test(a_disconnect_time_that_is_not_told),
	    cmocka_unit_test(outside_of_its_times_nothing_is_done),
	    cmocka_unit_test(a_deadline_is_warned_of_before_it_comes),
	    cmocka_unit_test(an_undelivered_warning_stops_the_end),
	    cmocka_unit_test(a_warning_counts_for_the_policy_that_gave_it),
	    cmocka_unit_test(what_was_announced_is_kept),
	    cmocka_unit_test(an_undelivered_warning_is_tried_less_and_less),
	    cmocka_unit_test(a_snooze_puts_the_end_off),
	    cmocka_unit_test(more_time_begins_the_ladder_anew),
	    cmocka_unit_test(who_may_ask_for_more_time),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
