/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a policy decides about one session: by table, and by chance with a seed that is printed. */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/name_index.h"
#include "lib/base/text.h"
#include "lib/judge/classify.h"
#include "lib/policy/ladder.h"
#include "lib/policy/policy.h"
#include "lib/policy/schedule.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"

enum { MINUTE = 60000, HOUR = 60 * MINUTE };
static const int64_t NOW = 1795260000000; /* 2026-11-21T11:20:00Z, a Saturday */

static struct arena arena;

/* A session and all around it, as quiet as can be. */
struct scene {
	struct policy policies[2];
	size_t policy_count;
	struct policy_moment moments[2];
	struct policy_set set;
	struct session session;
	struct snapshot snapshot;
	struct policy_history history;
	struct policy_warnings warnings[CAUSE_COUNT]; /* of the first policy */
	struct policy_subject subject;
	struct string_list groups;
};

static struct string_list list_of(const char *item)
{
	struct string_list list = {0};

	string_list_add(&list, &arena, item);
	return list;
}

static struct schedule window(int day, int from, int to)
{
	struct schedule schedule = {arena_alloc(&arena, sizeof(struct weekly)), 1, 1};

	schedule.windows[0] = (struct weekly){(uint8_t)(1 << day), (uint16_t)from, (uint16_t)to};
	return schedule;
}

/* An hour idle is enough to be disconnected, after warnings ten minutes and one minute before; two hours
   disconnected to be logged off. */
static struct policy office(void)
{
	return (struct policy){
	    .name = "office",
	    .limit = {[CAUSE_IDLE] = {true, HOUR}, [CAUSE_DISCONNECTED] = {true, 2 * HOUR}},
	    .end = {POLICY_DISCONNECT, POLICY_LOGOFF, POLICY_LOGOFF, POLICY_LOGOFF},
	    .lead = {10 * MINUTE, MINUTE},
	    .lead_count = 2,
	};
}

static void scene_make(struct scene *scene)
{
	memset(scene, 0, sizeof *scene);
	scene->policies[0] = office();
	scene->policy_count = 1;
	session_init(&scene->session);
	scene->session.provider = "sim";
	scene->session.host = "ts01";
	scene->session.id = "3";
	scene->session.user = "alice";
	scene->session.domain = "CORP";
	scene->session.upn = "alice@corp.example";
	scene->session.birth = "b1";
	scene->session.class = CLASS_USER;
	scene->session.state = STATE_ACTIVE;
	scene->session.kind = KIND_DESKTOP;
	scene->session.client_name = "PC7";
	scene->session.client_address = "192.0.2.7";
	scene->session.logon_time = scene->session.connect_time = moment_at(NOW - 10 * HOUR);
	scene->session.last_input = moment_at(NOW - 30 * MINUTE);
	snapshot_init(&scene->snapshot);
	scene->snapshot.now = NOW;
	scene->history.looks = 2;
	scene->history.warnings = &scene->warnings[0];
	for (int cause = 0; cause < CAUSE_COUNT; cause++)
		scene->warnings[cause] = (struct policy_warnings){
		    .next = cause + 1 < CAUSE_COUNT ? &scene->warnings[cause + 1] : NULL,
		    .policy = scene->policies[0].name,
		    .cause = (enum policy_cause)cause,
		    .end = scene->policies[0].end[cause],
		};
	scene->groups = list_of("staff");
	scene->subject = (struct policy_subject){
	    .target = "rds01",
	    .snapshot = &scene->snapshot,
	    .session = &scene->session,
	    .capabilities = CAN_MESSAGE | CAN_DISCONNECT | CAN_LOGOFF,
	    .groups = &scene->groups,
	    .history = &scene->history,
	    .host_sessions = {true, 10},
	};
}

static struct policy_decision decide_at(struct scene *scene, int64_t now)
{
	scene->snapshot.now = now;
	policy_set_make(&scene->set, scene->policies, scene->policy_count, scene->moments, now);
	return policy_decide(&scene->set, &scene->subject);
}

static void idle_for(struct scene *scene, int64_t length)
{
	scene->session.last_input = moment_at(NOW - length);
}

static void disconnected_for(struct scene *scene, int64_t length)
{
	scene->session.state = STATE_DISCONNECTED;
	scene->session.disconnect_time = moment_at(NOW - length);
	scene->session.client_name = scene->session.client_address = "";
}

static void warn(struct scene *scene, const struct policy_decision *decision, enum warning_state state, int64_t when)
{
	struct policy_warnings *warnings = &scene->warnings[decision->cause];

	if (warnings->began != decision->began)
		memset(warnings->rung, 0, sizeof warnings->rung);
	warnings->policy = decision->policy->name;
	warnings->end = decision->end;
	warnings->began = decision->began;
	warnings->rung[decision->rung].state = state;
	warnings->rung[decision->rung].at = when;
	warnings->rung[decision->rung].end_at = decision->end_at;
}

/* Both warnings of the office policy, given in time. */
static void warned_in_time(struct scene *scene)
{
	struct policy_warnings *warnings = &scene->warnings[CAUSE_IDLE];

	warnings->began = scene->session.last_input.at;
	warnings->rung[0].state = warnings->rung[1].state = WARNING_GIVEN;
	warnings->rung[0].at = NOW - 10 * MINUTE;
	warnings->rung[1].at = NOW - MINUTE;
}

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
static void who_is_not_at_work_goes(void **state)
{
	struct scene scene;

	(void)state;
	scene_make(&scene);
	idle_for(&scene, HOUR);
	warned_in_time(&scene);
	scene.policies[0].protect_busy = true;
	scene.policies[0].busy_over = 5;
	scene.history.cpu_used = (struct span){true, 15000};
	scene.history.cpu_over = 5 * MINUTE;
	assert_int_equal(decide_at(&scene, NOW).step, POLICY_DISCONNECT);
	scene.history.cpu_used.known = false;
	assert_int_equal(decide_at(&scene, NOW).step, POLICY_LEAVE);
	scene.policies[0].busy_unknown_too = true;
	assert_int_equal(decide_at(&scene, NOW).step, POLICY_DISCONNECT);
}

static void little_memory_ends_the_most_idle(void **state)
{
	struct scene scene;

	(void)state;
	scene_make(&scene);
	idle_for(&scene, HOUR);
	warned_in_time(&scene);
	scene.policies[0].memory_below = (struct span){true, 20};
	scene.snapshot.memory_total = 1000;
	scene.snapshot.memory_available = 199;
	assert_int_equal(decide_at(&scene, NOW).step, POLICY_DISCONNECT);
	scene.snapshot.memory_available = 200;
	assert_int_equal(decide_at(&scene, NOW).step, POLICY_LEAVE);
}

static void words_of_a_policy(void **state)
{
	static const char *const bad[] = {"",
	                                  "sessions",
	                                  "sessions > ",
	                                  "sessions > 0",
	                                  "sessions < 4",
	                                  "sessions > 4 %",
	                                  "memory-available < 20",
	                                  "memory-available > 20 %",
	                                  "memory-available < 101 %",
	                                  "sessions > -4",
	                                  "sessions > 4x",
	                                  "cpu > 4"};
	struct policy policy = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(policy_while_parse(&policy, bad[i]), -1);
	assert_false(policy.sessions_over.known || policy.memory_below.known);
	assert_int_equal(policy_while_parse(&policy, "sessions > 40"), 0);
	assert_int_equal(policy.sessions_over.length, 40);
	assert_int_equal(policy_while_parse(&policy, "memory-available < 20%"), 0);
	assert_int_equal(policy.memory_below.length, 20);
	assert_int_equal(policy_protect_parse(&policy, "busy"), -1);
	assert_int_equal(policy_protect_parse(&policy, "busy 5"), -1);
	assert_int_equal(policy_protect_parse(&policy, "idle 5 %"), -1);
	assert_false(policy.protect_busy);
	assert_int_equal(policy_protect_parse(&policy, "busy 5 %"), 0);
	assert_true(policy.protect_busy && policy.busy_over == 5);
}

/* Everything that keeps a session that is due, and has been warned, from being ended. */
static void nobody_to_touch(struct scene *scene, enum policy_reason *reason, int number)
{
	static const enum policy_reason reasons[] = {
	    WHY_NO_USER,         WHY_NO_USER,      WHY_OWN,          WHY_NO_BIRTH,       WHY_INCOMPLETE,
	    WHY_EXEMPT,          WHY_EXEMPT,       WHY_EXEMPT,       WHY_EXEMPT_UNKNOWN, WHY_EXEMPT_UNKNOWN,
	    WHY_STATE_UNKNOWN,   WHY_TIME_UNKNOWN, WHY_TIME_UNKNOWN, WHY_UNSUPPORTED,    WHY_BUSY,
	    WHY_BUSY_UNKNOWN,    WHY_FIRST_LOOK,   WHY_CLOCK,        WHY_NONE_MEANS,     WHY_MEANING_UNKNOWN,
	    WHY_MEANING_UNKNOWN, WHY_NO_PRESSURE,  WHY_NO_PRESSURE,  WHY_NO_PRESSURE,    WHY_NO_PRESSURE,
	    WHY_NO_PRESSURE,     WHY_NO_PRESSURE,  WHY_BUSY,         WHY_BUSY,           WHY_MEANING_UNKNOWN,
	    WHY_NONE_MEANS,
	};
	struct policy *policy = &scene->policies[0];

	*reason = reasons[number];
	switch (number) {
	case 0:
		scene->session.class = CLASS_CONSOLE;
		break;
	case 1:
		scene->session.user = "";
		break;
	case 2:
		scene->session.own = FLAG_YES;
		break;
	case 3:
		scene->session.birth = "";
		break;
	case 4:
		scene->snapshot.complete = false;
		break;
	case 5:
		policy->exempt_users = list_of("corp\\al*");
		break;
	case 6:
		policy->exempt_groups = list_of("Staff");
		break;
	case 7:
		policy->exempt_clients = list_of("192.0.2.*");
		break;
	case 8:
		policy->exempt_groups = list_of("admins");
		scene->subject.groups = NULL;
		break;
	case 9:
		policy->exempt_clients = list_of("kiosk*");
		scene->session.client_name = "";
		break;
	case 10:
		scene->session.state = STATE_OTHER;
		break;
	case 11:
		scene->session.last_input.is = MOMENT_UNKNOWN;
		break;
	case 12:
		scene->session.last_input.at = NOW + HOUR;
		break;
	case 13:
		scene->subject.capabilities = CAN_MESSAGE | CAN_LOGOFF;
		break;
	case 14:
		policy->protect_busy = true;
		policy->busy_over = 5;
		scene->history.cpu_used = (struct span){true, 15001}; /* of five minutes */
		scene->history.cpu_over = 5 * MINUTE;
		break;
	case 15:
		policy->protect_busy = true;
		break;
	case 16:
		scene->history.looks = 1;
		break;
	case 17:
		scene->subject.clock_unsteady = true;
		break;
	case 18:
		policy->users = list_of("bob");
		break;
	case 19:
		policy->groups = list_of("admins");
		scene->subject.groups = NULL;
		break;
	case 20:
		policy->collections = list_of("sales");
		break;
	case 21:
		policy->sessions_over = (struct span){true, 10};
		break;
	case 22:
		policy->sessions_over = (struct span){true, 5};
		scene->subject.host_sessions.known = false;
		break;
	case 23:
		policy->sessions_over = (struct span){true, 5};
		scene->subject.more_idle = 5;
		break;
	case 24:
		policy->memory_below = (struct span){true, 20};
		break;
	case 25: /* as much as that is not less */
		policy->memory_below = (struct span){true, 20};
		scene->snapshot.memory_total = 16u << 20;
		scene->snapshot.memory_available = (16u << 20) / 5 + 1;
		break;
	case 26: /* one after the other */
		policy->memory_below = (struct span){true, 20};
		scene->snapshot.memory_total = 16u << 20;
		scene->snapshot.memory_available = 1u << 20;
		scene->subject.more_idle = 1;
		break;
	case 27: /* who keeps the host awake is at work, whatever the CPU does */
		policy->protect_busy = true;
		policy->busy_over = 5;
		scene->session.inhibited = true;
		scene->history.cpu_used = (struct span){true, 0};
		scene->history.cpu_over = 5 * MINUTE;
		break;
	case 28: /* an hour between two looks does not hide what was done in the last minutes */
		policy->protect_busy = true;
		policy->busy_over = 5;
		scene->history.cpu_used = (struct span){true, 45001}; /* of fifteen minutes */
		scene->history.cpu_over = HOUR;
		break;
	case 29:
		policy->locked = FLAG_YES;
		break;
	case 30:
		policy->locked = FLAG_YES;
		scene->session.locked = FLAG_NO;
		break;
	default:
		abort();
	}
}
enum { UNTOUCHABLE = 31 };

static void what_cannot_be_told_protects(void **state)
{
	(void)state;
	for (int i = 0; i < UNTOUCHABLE; i++) {
		struct scene scene;
		enum policy_reason reason;
		struct policy_decision decision;

		scene_make(&scene);
		idle_for(&scene, HOUR);
		warned_in_time(&scene);
		scene.policies[1] = office(); /* never falls through to a policy behind, but where none means it */
		scene.policies[1].limit[CAUSE_IDLE].length = 1;
		scene.policies[1].lead_count = 0;
		assert_int_equal(decide_at(&scene, NOW).step, POLICY_DISCONNECT);
		nobody_to_touch(&scene, &reason, i);
		scene.policy_count = reason == WHY_NONE_MEANS ? 1 : 2;
		decision = decide_at(&scene, NOW);
		print_message("%d: %s\n", i, policy_reason_text(decision.reason));
		assert_int_equal(decision.step, POLICY_LEAVE);
		assert_int_equal(decision.reason, reason);
	}
}

static void pressure_takes_the_most_idle(void **state)
{
	struct scene scene;

	(void)state;
	scene_make(&scene);
	idle_for(&scene, HOUR);
	warned_in_time(&scene);
	scene.policies[0].sessions_over = (struct span){true, 7}; /* there are 10 */
	for (size_t i = 0; i < 10; i++) {
		scene.subject.more_idle = i;
		assert_int_equal(decide_at(&scene, NOW).step, i < 3 ? POLICY_DISCONNECT : POLICY_LEAVE);
	}
}

static void the_first_policy_that_means_a_session(void **state)
{
	struct name_index index = {.arena = &arena};
	struct scene scene;

	(void)state;
	scene_make(&scene);
	scene.policies[1] = office();
	scene.policy_count = 2;
	assert_ptr_equal(decide_at(&scene, NOW).policy, &scene.policies[0]);
	scene.policies[0].targets = list_of("RDS01");
	assert_ptr_equal(decide_at(&scene, NOW).policy, &scene.policies[0]);
	name_index_add(&index, "RDS01");
	scene.policies[0].target_index = &index;
	scene.subject.target = "rds01";
	assert_ptr_equal(decide_at(&scene, NOW).policy, &scene.policies[0]);
	scene.subject.target = "rds02";
	assert_ptr_not_equal(decide_at(&scene, NOW).policy, &scene.policies[0]);
	scene.subject.target = "rds01";
	scene.policies[0].target_index = NULL;
	scene.policies[0].targets = list_of("rds02");
	assert_ptr_equal(decide_at(&scene, NOW).policy, &scene.policies[1]);
	scene.policies[0].targets = (struct string_list){0};
	scene.policies[0].kinds = list_of("remote-app");
	assert_ptr_equal(decide_at(&scene, NOW).policy, &scene.policies[1]);
	scene.policies[0].kinds = (struct string_list){0};
	scene.policies[0].domains = list_of("lab");
	assert_ptr_equal(decide_at(&scene, NOW).policy, &scene.policies[1]);
	scene.policies[0].domains = list_of("c?rp");
	scene.policies[0].groups = list_of("STAFF");
	scene.policies[0].clients = list_of("pc*");
	assert_ptr_equal(decide_at(&scene, NOW).policy, &scene.policies[0]);
}

static void the_end_that_is_due_first_comes_first(void **state)
{
	struct scene scene;
	struct policy_decision decision;

	(void)state;
	scene_make(&scene);
	scene.policies[0].lead_count = 0;
	scene.policies[0].limit[CAUSE_LENGTH] = (struct span){true, 9 * HOUR};
	idle_for(&scene, 90 * MINUTE);
	decision = decide_at(&scene, NOW); /* length: over for an hour, idle: for half an hour */
	assert_int_equal(decision.cause, CAUSE_LENGTH);
	assert_int_equal(decision.step, POLICY_LOGOFF);
	idle_for(&scene, 3 * HOUR);
	assert_int_equal(decide_at(&scene, NOW).step, POLICY_DISCONNECT);
	idle_for(&scene, 2 * HOUR); /* both at once: the gentler */
	assert_int_equal(decide_at(&scene, NOW).step, POLICY_DISCONNECT);
}

/* By chance. */

static uint64_t random_state;

static uint64_t random_below(uint64_t limit)
{
	random_state += 0x9e3779b97f4a7c15u; /* splitmix64 */
	uint64_t mixed = random_state;

	mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
	mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
	return (mixed ^ (mixed >> 31)) % limit;
}

static bool chance(unsigned percent)
{
	return random_below(100) < percent;
}

static struct moment some_time(void)
{
	struct moment moment = {MOMENT_KNOWN, NOW - (int64_t)random_below(12 * 60) * MINUTE};

	if (chance(10))
		moment.is = chance(50) ? MOMENT_UNKNOWN : MOMENT_NEVER;
	if (chance(5))
		moment.at = NOW + (int64_t)random_below(HOUR);
	return moment;
}

/* What should have come, and has not: whatever keeps it, but for what is meant to. */
static void when_an_end_was_due(void **state)
{
	struct scene scene;
	struct policy_decision decision;
	const int64_t due = NOW + 30 * MINUTE;

	(void)state;
	scene_make(&scene);
	scene.policies[0].lead[0] = 10 * MINUTE;
	scene.policies[0].lead_count = 1;
	decision = decide_at(&scene, NOW);
	assert_true(decision.due_known);
	assert_int_equal(decision.due_at, due);
	decision = decide_at(&scene, NOW + 5 * HOUR); /* nobody has warned */
	assert_int_equal(decision.step, POLICY_WARN);
	assert_int_equal(decision.due_at, due);
	warn(&scene, &decision, WARNING_GIVEN, NOW + 5 * HOUR);
	decision = decide_at(&scene, NOW + 5 * HOUR); /* somebody has, late: it is due when the warning is over */
	assert_int_equal(decision.due_at, NOW + 5 * HOUR + 10 * MINUTE);

	scene.history.warnings = NULL;
	scene.subject.capabilities = CAN_DISCONNECT; /* nobody can warn */
	decision = decide_at(&scene, NOW + 5 * HOUR);
	assert_int_equal(decision.reason, WHY_NO_WARNING);
	assert_true(decision.due_known);
	assert_int_equal(decision.due_at, due);
	scene.subject.capabilities = CAN_MESSAGE; /* nor end it */
	decision = decide_at(&scene, NOW + 5 * HOUR);
	assert_int_equal(decision.reason, WHY_UNSUPPORTED);
	assert_true(decision.due_known);

	scene.subject.capabilities = CAN_MESSAGE | CAN_DISCONNECT | CAN_LOGOFF;
	scene.subject.clock_unsteady = true;
	assert_false(decide_at(&scene, NOW + 5 * HOUR).due_known);
	scene.subject.clock_unsteady = false;
	scene.policies[0].protect_busy = true;
	scene.session.inhibited = true;
	assert_false(decide_at(&scene, NOW + 5 * HOUR).due_known);
	scene.policies[0].protect_busy = false;
	scene.policies[0].sessions_over = (struct span){true, 100};
	assert_false(decide_at(&scene, NOW + 5 * HOUR).due_known);
	scene.policies[0].sessions_over.known = false;
	scene.policies[0].lead_count = 0;
	scene.history.looks = 1; /* to us it is new; it should have gone all the same */
	decision = decide_at(&scene, NOW + 5 * HOUR);
	assert_int_equal(decision.reason, WHY_FIRST_LOOK);
	assert_true(decision.due_known);
	scene.session.last_input.is = MOMENT_UNKNOWN;
	assert_false(decide_at(&scene, NOW + 5 * HOUR).due_known);
}

static void random_policy(struct policy *policy)
{
	*policy = office();
	for (int cause = 0; cause < CAUSE_COUNT; cause++) {
		policy->limit[cause] = (struct span){chance(60), (int64_t)(1 + random_below(6 * 60)) * MINUTE};
		policy->end[cause] = cause != CAUSE_DISCONNECTED && chance(50) ? POLICY_DISCONNECT : POLICY_LOGOFF;
	}
	policy->lead_count = random_below(4);
	for (size_t i = 0; i < policy->lead_count; i++)
		policy->lead[i] = (int64_t)(3 - i) * (int64_t)(1 + random_below(10)) * MINUTE;
	if (policy->lead_count > 1 && policy->lead[1] > policy->lead[0])
		policy->lead[0] = policy->lead[1] + MINUTE;
	if (policy->lead_count > 2 && policy->lead[2] > policy->lead[1])
		policy->lead[2] = policy->lead[1];
	policy->unwarned_too = chance(20);
	policy->protect_busy = chance(30);
	policy->busy_over = 1 + (int64_t)random_below(100);
	policy->busy_unknown_too = chance(20);
	policy->memory_below = (struct span){chance(10), 20};
	policy->snooze = (struct span){chance(20), 20 * MINUTE};
	policy->snooze_most = (unsigned)random_below(3);
	policy->count_seen = chance(30);
	if (chance(30))
		policy->when = window((int)random_below(7), (int)random_below(1440), (int)random_below(1440));
	if (chance(30))
		policy->deadline = window(chance(50) ? 5 : (int)random_below(7), 9 * 60, 15 * 60);
	if (chance(20))
		policy->exempt_users = list_of(chance(50) ? "alice" : "bob");
	if (chance(10))
		policy->exempt_groups = list_of(chance(50) ? "staff" : "admins");
	if (chance(10))
		policy->users = list_of(chance(70) ? "al*" : "zed");
}

static void random_scene(struct scene *scene)
{
	static const enum session_state states[] = {STATE_ACTIVE, STATE_ACTIVE, STATE_DISCONNECTED, STATE_OTHER,
	                                            STATE_CONNECTED};
	scene_make(scene);
	random_policy(&scene->policies[0]);
	random_policy(&scene->policies[1]);
	scene->policies[1].name = "night";
	scene->policy_count = 1 + random_below(2);
	scene->session.state = states[random_below(COUNT(states))];
	scene->session.last_input = some_time();
	scene->session.connect_time = some_time();
	scene->session.logon_time = some_time();
	scene->session.disconnect_time = some_time();
	scene->session.class = chance(5) ? CLASS_CONSOLE : CLASS_USER;
	scene->session.own = chance(5) ? FLAG_YES : FLAG_NO;
	scene->session.birth = chance(5) ? "" : "b1";
	scene->snapshot.complete = !chance(5);
	scene->history.looks = 1 + (unsigned)random_below(5);
	scene->history.state_since = some_time();
	scene->history.snoozed_until = chance(10) ? NOW + (int64_t)random_below(HOUR) - HOUR / 2 : 0;
	scene->subject.clock_unsteady = chance(5);
	scene->history.cpu_used = (struct span){chance(70), (int64_t)random_below(2 * MINUTE)};
	scene->history.cpu_over = (int64_t)random_below(10 * MINUTE);
	scene->session.inhibited = chance(10);
	scene->snapshot.memory_total = chance(50) ? 1000 : 0;
	scene->snapshot.memory_available = random_below(1000);
	scene->history.snoozes = (unsigned)random_below(3);
	scene->subject.groups = chance(10) ? NULL : &scene->groups;
	scene->subject.capabilities = (unsigned)random_below(8) | (chance(80) ? 7 : 0);
	for (int cause = 0; cause < CAUSE_COUNT; cause++) {
		struct policy_warnings *warnings = &scene->warnings[cause];
		size_t policy = chance(80) ? 0 : 1;

		warnings->policy = scene->policies[policy].name;
		warnings->end = chance(90) ? scene->policies[policy].end[cause] : POLICY_DISCONNECT;
		warnings->began = cause == CAUSE_IDLE ? scene->session.last_input.at : scene->session.logon_time.at;
		if (cause == CAUSE_DEADLINE)
			warnings->began = NOW - 140 * MINUTE; /* 09:00 */
		for (size_t rung = 0; rung < 3; rung++) {
			warnings->rung[rung].state = (enum warning_state)random_below(3);
			warnings->rung[rung].at = NOW - (int64_t)random_below(40) * MINUTE + MINUTE;
			warnings->rung[rung].end_at = warnings->rung[rung].at + (int64_t)random_below(20) * MINUTE;
		}
	}
}

/* Had every rung its warning, each in its time?  Written down once more, and in another way than ladder.c does. */
static bool warned_as_promised(const struct scene *scene, const struct policy_decision *decision, int64_t now)
{
	const struct policy *policy = decision->policy;
	const struct policy_warnings *warnings = &scene->warnings[decision->cause];

	if (scene->session.state != STATE_ACTIVE)
		return true;
	if (policy->unwarned_too && (scene->subject.capabilities & CAN_MESSAGE) == 0)
		return true;
	if (policy->lead_count > 0 && (warnings->policy != policy->name || warnings->end != decision->step))
		return false;
	for (size_t i = 0; i < policy->lead_count; i++)
		if (warnings->rung[i].state == WARNING_NONE || warnings->rung[i].end_at > now ||
		    warnings->rung[i].at + policy->lead[i] - ladder_slack(policy->lead[i]) > now ||
		    (warnings->rung[i].state == WARNING_UNDELIVERED && !policy->unwarned_too))
			return false;
	return true;
}

/* Or may be at work. */
static bool works(const struct scene *scene, const struct policy *policy)
{
	const struct policy_history *history = &scene->history;

	if (scene->session.inhibited)
		return true;
	if (!history->cpu_used.known || history->cpu_over == 0)
		return !policy->busy_unknown_too;
	return (double)history->cpu_used.length / (double)history->cpu_over > (double)policy->busy_over / 100;
}

static void end_is_right(const struct scene *scene, const struct policy_decision *decision, int64_t now)
{
	const struct session *session = &scene->session;
	const struct policy *policy = decision->policy;
	int64_t limit = policy->limit[decision->cause].length;

	assert_int_equal(policy_means(policy, &scene->subject), MATCH_YES);
	assert_int_equal(policy_exempts(policy, &scene->subject), MATCH_NO);
	assert_true(session->class == CLASS_USER && session->own != FLAG_YES && session->birth[0] != '\0');
	assert_true(scene->snapshot.complete && !scene->subject.clock_unsteady);
	assert_true(session->state == STATE_ACTIVE || session->state == STATE_DISCONNECTED);
	assert_true(!policy->protect_busy || !works(scene, policy));
	if (policy->memory_below.known && decision->cause != CAUSE_DEADLINE)
		assert_true(scene->snapshot.memory_total == 1000 && scene->snapshot.memory_available < 200);
	if (decision->step == POLICY_WARN) {
		assert_int_equal(session->state, STATE_ACTIVE);
		assert_true(decision->rung < policy->lead_count);
		assert_true(!decision->may_snooze ||
		            (policy->snooze.known && scene->history.snoozes < policy->snooze_most));
		return;
	}
	assert_true(scene->history.looks >= 2);
	assert_int_equal(decision->step, policy->end[decision->cause]);
	assert_true(scene->subject.capabilities & (decision->step == POLICY_LOGOFF ? CAN_LOGOFF : CAN_DISCONNECT));
	assert_true(decision->step == POLICY_LOGOFF || session->state == STATE_ACTIVE);
	assert_true(warned_as_promised(scene, decision, now));
	if (scene->history.snoozed_until != 0)
		assert_true(now >= scene->history.snoozed_until);
	switch (decision->cause) {
	case CAUSE_IDLE:
		assert_true(session->last_input.is == MOMENT_KNOWN && session->last_input.at + limit <= now);
		break;
	case CAUSE_DISCONNECTED:
		if (session->disconnect_time.is == MOMENT_KNOWN && session->disconnect_time.at <= now)
			assert_true(session->disconnect_time.at + limit <= now);
		else
			assert_true(policy->count_seen && scene->history.state_since.at + limit <= now);
		break;
	case CAUSE_LENGTH:
		assert_true(session->logon_time.is == MOMENT_KNOWN && session->logon_time.at + limit <= now);
		break;
	case CAUSE_DEADLINE:
		assert_true(schedule_look(&policy->deadline, NULL, NULL, now).open);
		return;
	case CAUSE_COUNT:
		abort();
	}
	assert_true(schedule_look(&policy->when, NULL, NULL, now).open);
}

static void by_chance_nobody_is_wronged(void **state)
{
	const char *seed = getenv("CURFEW_SEED");
	unsigned ends = 0, warnings = 0;

	(void)state;
	random_state = seed != NULL ? strtoull(seed, NULL, 0) : 1;
	print_message("CURFEW_SEED=%llu\n", (unsigned long long)random_state);
	for (int i = 0; i < 200000; i++) {
		struct scene scene;
		struct policy_decision decision;

		random_scene(&scene);
		decision = decide_at(&scene, NOW);
		ends += decision.step > POLICY_WARN;
		warnings += decision.step == POLICY_WARN;
		if (decision.step != POLICY_LEAVE)
			end_is_right(&scene, &decision, NOW);
		else
			assert_int_not_equal(decision.reason, WHY_DUE);
		if (decision.next != POLICY_LEAVE && decision.reason == WHY_EARLY)
			assert_true(decision.next_at > NOW && decision.end_at >= decision.next_at);
		if (i % 1000 == 0)
			arena_free(&arena);
	}
	print_message("%u ends, %u warnings\n", ends, warnings);
	assert_true(ends > 1000 && warnings > 1000);
}

/* Left alone, an idle session is ended by its limit and the time between two looks, whatever the rungs. */
static void by_chance_the_end_comes(void **state)
{
	(void)state;
	random_state = 12;
	for (int i = 0; i < 300; i++) {
		struct scene scene;
		int64_t look = (int64_t)(1 + random_below(10)) * MINUTE, promised;
		size_t warnings = 0;
		bool ended = false;

		scene_make(&scene);
		random_policy(&scene.policies[0]);
		scene.policies[0].limit[CAUSE_IDLE] = (struct span){true, 5 * HOUR};
		scene.policies[0].limit[CAUSE_LENGTH].known = false;
		scene.policies[0].when = scene.policies[0].deadline = (struct schedule){0};
		scene.policies[0].exempt_users = scene.policies[0].exempt_groups = scene.policies[0].users =
		    (struct string_list){0};
		scene.policies[0].protect_busy = scene.policies[0].memory_below.known = false;
		idle_for(&scene, 0);
		promised = NOW + 5 * HOUR + (int64_t)(scene.policies[0].lead_count + 1) * look;
		for (size_t rung = 0; rung < scene.policies[0].lead_count; rung++)
			promised += rung > 0 ? look : 0;
		for (int64_t now = NOW; now <= promised && !ended; now += look) {
			struct policy_decision decision = decide_at(&scene, now);

			if (decision.step == POLICY_WARN) {
				assert_int_equal(decision.rung, warnings); /* each once, none left out */
				warnings++;
				warn(&scene, &decision, WARNING_GIVEN, now);
			}
			ended = decision.step == scene.policies[0].end[CAUSE_IDLE];
		}
		assert_true(ended);
		assert_int_equal(warnings, scene.policies[0].lead_count);
		arena_free(&arena);
	}
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

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
	    cmocka_unit_test(who_is_not_at_work_goes),
	    cmocka_unit_test(little_memory_ends_the_most_idle),
	    cmocka_unit_test(words_of_a_policy),
	    cmocka_unit_test(what_cannot_be_told_protects),
	    cmocka_unit_test(pressure_takes_the_most_idle),
	    cmocka_unit_test(the_first_policy_that_means_a_session),
	    cmocka_unit_test(the_end_that_is_due_first_comes_first),
	    cmocka_unit_test(when_an_end_was_due),
	    cmocka_unit_test(by_chance_nobody_is_wronged),
	    cmocka_unit_test(by_chance_the_end_comes),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
