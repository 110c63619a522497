/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policies, sessions and ledgers by chance, with a seed that is printed. */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/policy/ladder.h"
#include "lib/policy/policy.h"
#include "lib/policy/schedule.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "t/unit/policy_scene.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(by_chance_nobody_is_wronged),
	    cmocka_unit_test(by_chance_the_end_comes),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
