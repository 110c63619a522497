/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policies replayed over lives that are written down here, minute by minute. */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/error.h"
#include "lib/judge/classify.h"
#include "lib/ledger/history.h"
#include "lib/policy/policy.h"
#include "lib/policy/schedule.h"
#include "lib/rehearse/openings.h"
#include "lib/rehearse/replay.h"
#include "lib/rehearse/tally.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"

enum { MINUTE = 60000, HOUR = 60 * MINUTE };
/* 2026-11-21T10:00:00Z, a Saturday. */
#define NOW INT64_C(1795255200000)

struct scene {
	struct arena arena;
	struct policy policy;
	struct replay replay;
	struct replay_subject subject;
	struct session session;
	struct life life;
	struct buffer said;
	struct tally tally;
};

static void scene_make(struct scene *scene, const struct episode *episodes, size_t count, int64_t until)
{
	memset(scene, 0, sizeof *scene);
	session_init(&scene->session);
	scene->session.provider = "sim";
	scene->session.host = "ts01";
	scene->session.id = "3";
	scene->session.user = "alice";
	scene->session.birth = "b1";
	scene->session.class = CLASS_USER;
	scene->session.logon_time = moment_at(NOW - HOUR);
	scene->policy = (struct policy){
	    .name = "office",
	    .limit = {[CAUSE_IDLE] = {true, HOUR}, [CAUSE_DISCONNECTED] = {true, 2 * HOUR}},
	    .end = {POLICY_DISCONNECT, POLICY_LOGOFF, POLICY_LOGOFF, POLICY_LOGOFF},
	    .lead = {10 * MINUTE},
	    .lead_count = 1,
	};
	scene->subject = (struct replay_subject){"rds01", CAN_MESSAGE | CAN_DISCONNECT | CAN_LOGOFF, NULL};
	scene->life = (struct life){.url = "sim:farm.sim",
	                            .session = &scene->session,
	                            .until = NOW + until,
	                            .episodes = episodes,
	                            .count = count};
	tally_init(&scene->tally);
}

/* "warn 50", "disconnect 60 regret", "log off 180 back freed 30", in minutes. */
static void note(void *context, const struct replay_event *event)
{
	struct scene *scene = context;

	buffer_printf(&scene->said, "%s%s %lld%s", scene->said.length > 0 ? ", " : "", policy_step_name(event->step),
	              (long long)(event->at - NOW) / MINUTE,
	              event->step == POLICY_WARN ? ""
	              : event->regret            ? " regret"
	              : event->came_back         ? " back"
	                                         : "");
	if (event->step == POLICY_LOGOFF)
		buffer_printf(&scene->said, " freed %lld", (long long)event->freed / MINUTE);
	tally_add(&scene->tally, &scene->life, event, "2026-11-21");
}

static void assert_replay(struct scene *scene, const char *expected)
{
	replay_make(&scene->replay, &scene->policy, 1, NOW - HOUR, NOW + 48 * (int64_t)HOUR, &scene->arena);
	replay_life(&scene->replay, &scene->life, &scene->subject, note, scene);
	assert_string_equal(buffer_text(&scene->said), expected);
	buffer_free(&scene->said);
	tally_free(&scene->tally);
	arena_free(&scene->arena);
}

#define EPISODES(...)                                                                                                  \
	static const struct episode episodes[] = {__VA_ARGS__};                                                        \
	struct scene scene;                                                                                            \
	(void)state

static void all_steps_in_their_time(void **state)
{
	EPISODES({USAGE_ACTIVE, NOW - HOUR}, {USAGE_IDLE, NOW});
	scene_make(&scene, episodes, 2, 5 * HOUR);
	assert_replay(&scene, "warn 50, disconnect 60, log off 180 freed 120");
}

static void input_cancels(void **state)
{
	EPISODES({USAGE_IDLE, NOW}, {USAGE_ACTIVE, NOW + 55 * MINUTE}, {USAGE_IDLE, NOW + 100 * MINUTE});
	scene_make(&scene, episodes, 3, 3 * HOUR);
	/* Warned twice, as it is another episode; it is over before that one ends in a disconnect and a log off. */
	assert_replay(&scene, "warn 50, warn 150, disconnect 160");
}

static void who_comes_back(void **state)
{
	EPISODES({USAGE_IDLE, NOW}, {USAGE_ACTIVE, NOW + 70 * MINUTE}, {USAGE_DISCONNECTED, NOW + 80 * MINUTE},
	         {USAGE_ACTIVE, NOW + 300 * MINUTE});
	scene_make(&scene, episodes, 4, 6 * HOUR);
	/* Ten minutes after the disconnect; then logged off after two hours without a client, and back after 100
	 * minutes. */
	assert_replay(&scene, "warn 50, disconnect 60 regret, log off 200 back freed 100");
}

/* An idle time after the policies would have disconnected a user is part of that disconnection. */
static void cut_off_is_cut_off(void **state)
{
	EPISODES({USAGE_IDLE, NOW}, {USAGE_DISCONNECTED, NOW + 100 * MINUTE});
	scene_make(&scene, episodes, 2, 10 * HOUR);
	assert_replay(&scene, "warn 50, disconnect 60, log off 180 freed 420");
}

/* Who logs on again has a new session: its length counts from then. */
static void after_a_logoff_all_is_new(void **state)
{
	EPISODES({USAGE_ACTIVE, NOW - HOUR});
	scene_make(&scene, episodes, 1, 4 * HOUR);
	scene.policy.limit[CAUSE_LENGTH] = (struct span){true, 2 * HOUR};
	assert_replay(&scene, "warn 50, log off 60 freed 180");
}

static void what_is_unknown_is_left_alone(void **state)
{
	EPISODES({USAGE_IDLE_UNKNOWN, NOW}, {USAGE_OTHER, NOW + 5 * HOUR});
	scene_make(&scene, episodes, 2, 9 * HOUR);
	assert_replay(&scene, "");
}

static void nobody_without_messages_or_acts(void **state)
{
	EPISODES({USAGE_IDLE, NOW});
	scene_make(&scene, episodes, 1, 9 * HOUR);
	scene.subject.capabilities = CAN_DISCONNECT | CAN_LOGOFF;
	assert_replay(&scene, "");
}

static void in_the_window_alone(void **state)
{
	struct error error = {0};

	EPISODES({USAGE_IDLE, NOW});
	scene_make(&scene, episodes, 1, 30 * HOUR);
	assert_int_equal(weekly_parse(&scene.policy.when, "daily 20:00-04:00", &scene.arena, &error), 0);
	/* It opens ten hours from now, and who is warned then goes ten minutes later. */
	assert_replay(&scene, "warn 600, disconnect 610, log off 730 freed 1070");
}

static void exempt_ones_stay(void **state)
{
	EPISODES({USAGE_IDLE, NOW});
	scene_make(&scene, episodes, 1, 9 * HOUR);
	string_list_add(&scene.policy.exempt_users, &scene.arena, "ali*");
	assert_replay(&scene, "");
}

static void sums_are_summed(void **state)
{
	EPISODES({USAGE_IDLE, NOW}, {USAGE_ACTIVE, NOW + 70 * MINUTE}, {USAGE_DISCONNECTED, NOW + 80 * MINUTE},
	         {USAGE_ACTIVE, NOW + 300 * MINUTE});
	scene_make(&scene, episodes, 4, 6 * HOUR);
	scene.life.memory = (struct span){true, (int64_t)3 << 30};
	replay_make(&scene.replay, &scene.policy, 1, NOW - HOUR, NOW + 48 * (int64_t)HOUR, &scene.arena);
	replay_life(&scene.replay, &scene.life, &scene.subject, note, &scene);
	assert_int_equal(scene.tally.total.warned, 1);
	assert_int_equal(scene.tally.total.disconnected, 1);
	assert_int_equal(scene.tally.total.logged_off, 1);
	assert_int_equal(scene.tally.total.regretted, 1);
	assert_int_equal(scene.tally.total.came_back, 1);
	assert_true(scene.tally.total.freed > 1.66 && scene.tally.total.freed < 1.67);
	assert_true(scene.tally.total.memory > 4.99 && scene.tally.total.memory < 5.01);
	assert_int_equal(scene.tally.users.index.count, 1);
	assert_string_equal(scene.tally.users.sums[0].name, "alice");
	assert_int_equal(tally_busiest_hour(&scene.tally), 1);
	buffer_free(&scene.said);
	tally_free(&scene.tally);
	arena_free(&scene.arena);
}

/* What is looked up once is what schedule_look() says, at every minute of two weeks. */
static void openings_are_what_the_schedule_says(void **state)
{
	static const char *const windows[] = {"mon-fri 18:00-06:00", "sat 00:00-24:00", "sun 03:00-03:30"};
	struct schedule schedule = {0};
	struct openings openings;
	struct arena arena = {0};
	struct error error = {0};
	const int64_t to = NOW + 14 * 24 * (int64_t)HOUR;

	(void)state;
	for (size_t i = 0; i < COUNT(windows); i++)
		assert_int_equal(weekly_parse(&schedule, windows[i], &arena, &error), 0);
	openings_make(&openings, &schedule, NULL, NULL, NOW, to, &arena);
	for (int64_t at = NOW; at <= to; at += MINUTE) {
		const struct opening wanted = schedule_look(&schedule, NULL, NULL, at);
		const struct opening *found = openings_at(&openings, at);

		assert_int_equal(found->open, wanted.open);
		assert_int_equal(found->opened_at, wanted.opened_at);
		assert_int_equal(found->closes_at, wanted.closes_at);
		assert_int_equal(found->next_at, wanted.next_at);
	}
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_steps_in_their_time),
	    cmocka_unit_test(input_cancels),
	    cmocka_unit_test(who_comes_back),
	    cmocka_unit_test(cut_off_is_cut_off),
	    cmocka_unit_test(after_a_logoff_all_is_new),
	    cmocka_unit_test(what_is_unknown_is_left_alone),
	    cmocka_unit_test(nobody_without_messages_or_acts),
	    cmocka_unit_test(in_the_window_alone),
	    cmocka_unit_test(exempt_ones_stay),
	    cmocka_unit_test(sums_are_summed),
	    cmocka_unit_test(openings_are_what_the_schedule_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
