/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which policy decides about a session, what protects it, and when its end was due: by table. */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/name_index.h"
#include "lib/policy/policy.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "t/unit/policy_scene.h"

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
	    WHY_NO_USER,
	    WHY_NO_USER,
	    WHY_OWN,
	    WHY_NO_BIRTH,
	    WHY_INCOMPLETE,
	    WHY_EXEMPT,
	    WHY_EXEMPT,
	    WHY_EXEMPT,
	    WHY_EXEMPT_UNKNOWN,
	    WHY_EXEMPT_UNKNOWN,
	    WHY_STATE_UNKNOWN,
	    WHY_TIME_UNKNOWN,
	    WHY_TIME_UNKNOWN,
	    WHY_UNSUPPORTED,
	    WHY_BUSY,
	    WHY_BUSY_UNKNOWN,
	    WHY_FIRST_LOOK,
	    WHY_CLOCK,
	    WHY_NONE_MEANS,
	    WHY_MEANING_UNKNOWN,
	    WHY_MEANING_UNKNOWN,
	    WHY_NO_PRESSURE,
	    WHY_NO_PRESSURE,
	    WHY_NO_PRESSURE,
	    WHY_NO_PRESSURE,
	    WHY_NO_PRESSURE,
	    WHY_NO_PRESSURE,
	    WHY_BUSY,
	    WHY_BUSY,
	    WHY_MEANING_UNKNOWN,
	    WHY_NONE_MEANS,
	    WHY_EXEMPT_UNKNOWN,
	    WHY_MEANING_UNKNOWN,
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
	case 31: /* a group that does not exist here */
		policy->exempt_groups = list_of("admins");
		policy->exempt_groups_doubtful = true;
		break;
	case 32:
		policy->groups = list_of("admins");
		policy->groups_doubtful = true;
		break;
	default:
		abort();
	}
}
enum { UNTOUCHABLE = 33 };

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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_is_not_at_work_goes),
	    cmocka_unit_test(little_memory_ends_the_most_idle),
	    cmocka_unit_test(words_of_a_policy),
	    cmocka_unit_test(what_cannot_be_told_protects),
	    cmocka_unit_test(pressure_takes_the_most_idle),
	    cmocka_unit_test(the_first_policy_that_means_a_session),
	    cmocka_unit_test(the_end_that_is_due_first_comes_first),
	    cmocka_unit_test(when_an_end_was_due),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
