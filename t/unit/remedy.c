/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The act path: what each pin, compare and act leads to. */
#include "t/unit/played.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "lib/act/remedy.h"
#include "lib/target/provider.h"
#include "t/unit/test.h"

static void an_act_is_pinned_intended_done_and_seen(void **state)
{
	struct scene *scene = *state;

	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
	assert_string_equal(scene->events, "plan intent result end");
	assert_string_equal(scene->outcome, "done");
	assert_int_equal(scene->status, REMEDY_DONE);
	assert_int_equal(times("act"), 1);
}

/* The first answer has become old, and the second pin fails: nothing was ordered, so nothing is done. */
static void nothing_is_done_where_the_second_pin_fails(void **state)
{
	struct scene *scene = *state;

	play.stall_intent = 300;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_LOST, PIN_GONE));
	assert_int_equal(times("act"), 0);
	assert_string_equal(scene->events, "plan intent result end");
	assert_string_equal(scene->outcome, "failed");
	assert_int_equal(scene->status, REMEDY_FAILED);
}

/* What counts is when the answer came: a host that takes its time is not asked twice for each act. */
static void a_slow_host_is_pinned_once(void **state)
{
	struct scene *scene = *state;

	play.pin_delays[0] = 300;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
	assert_int_equal(times("act"), 1);
	assert_int_equal(times("pin"), 2);
	assert_string_equal(scene->outcome, "done");
}

/* A lost answer to the order itself: the session is looked at. */
static void a_lost_answer_is_looked_up(void **state)
{
	struct scene *scene = *state;

	scene_run(scene, ACT_LOST, PINS(PIN_SAME, PIN_GONE));
	assert_int_equal(times("act"), 1);
	assert_string_equal(scene->outcome, "done");
	assert_int_equal(scene->status, REMEDY_DONE);
}

/* Each branch of pin and compare: what the audit says, how often it acts, how the run ends. */
static void what_is_found_decides(void **state)
{
	static const struct {
		const char *name;
		enum act act;
		enum act_answer answer;
		size_t count;
		enum pin_answer pins[4];
		const char *events, *outcome;
		int status;
		size_t acts;
	} cases[] = {
	    {"gone before", ACT_LOGOFF, ACT_OBEYS, 1, {PIN_GONE}, "plan result end", "already gone", REMEDY_DONE, 0},
	    {"not read", ACT_LOGOFF, ACT_OBEYS, 1, {PIN_BUSY}, "plan result end", "failed", REMEDY_FAILED, 0},
	    {"lost before", ACT_LOGOFF, ACT_OBEYS, 1, {PIN_LOST}, "plan result end", "failed", REMEDY_FAILED, 0},
	    {"another user",
	     ACT_LOGOFF,
	     ACT_OBEYS,
	     1,
	     {PIN_OTHER_USER},
	     "plan refused end",
	     "refused",
	     REMEDY_REFUSED,
	     0},
	    {"other state",
	     ACT_LOGOFF,
	     ACT_OBEYS,
	     1,
	     {PIN_DISCONNECTED},
	     "plan refused end",
	     "refused",
	     REMEDY_REFUSED,
	     0},
	    {"refused", ACT_LOGOFF, ACT_REFUSES, 1, {PIN_SAME}, "plan intent result end", "failed", REMEDY_FAILED, 1},
	    {"changed",
	     ACT_LOGOFF,
	     ACT_CHANGED,
	     1,
	     {PIN_SAME},
	     "plan intent refused end",
	     "refused",
	     REMEDY_REFUSED,
	     1},
	    {"gone at act",
	     ACT_LOGOFF,
	     ACT_IS_GONE,
	     1,
	     {PIN_SAME},
	     "plan intent result end",
	     "already gone",
	     REMEDY_DONE,
	     1},
	    {"lost, not done",
	     ACT_LOGOFF,
	     ACT_LOST,
	     2,
	     {PIN_SAME, PIN_SAME},
	     "plan intent result end",
	     "failed",
	     REMEDY_FAILED,
	     1},
	    {"lost, not seen",
	     ACT_LOGOFF,
	     ACT_LOST,
	     2,
	     {PIN_SAME, PIN_LOST},
	     "plan intent result end",
	     "failed",
	     REMEDY_FAILED,
	     1},
	    {"its place is another's",
	     ACT_LOGOFF,
	     ACT_OBEYS,
	     2,
	     {PIN_SAME, PIN_OTHER_USER},
	     "plan intent result end",
	     "done",
	     REMEDY_DONE,
	     1},
	    {"disconnected",
	     ACT_DISCONNECT,
	     ACT_OBEYS,
	     2,
	     {PIN_SAME, PIN_DISCONNECTED},
	     "plan intent result end",
	     "done",
	     REMEDY_DONE,
	     1},
	    {"late",
	     ACT_LOGOFF,
	     ACT_OBEYS,
	     4,
	     {PIN_SAME, PIN_SAME, PIN_LOST, PIN_GONE},
	     "plan intent result end",
	     "done",
	     REMEDY_DONE,
	     1},
	    {"message", ACT_MESSAGE, ACT_OBEYS, 1, {PIN_SAME}, "plan intent result end", "done", REMEDY_DONE, 1},
	    {"message lost",
	     ACT_MESSAGE,
	     ACT_LOST,
	     1,
	     {PIN_SAME},
	     "plan intent result end",
	     "failed",
	     REMEDY_FAILED,
	     1},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct scene *scene;

		scene_end(state);
		scene_begin(state);
		scene = *state;
		scene->order.action.act = cases[i].act;
		scene_run(scene, cases[i].answer, cases[i].count, cases[i].pins);
		if (strcmp(scene->events, cases[i].events) != 0 || strcmp(scene->outcome, cases[i].outcome) != 0 ||
		    scene->status != cases[i].status || times("act") != cases[i].acts)
			fail_msg("%s: %s, %s, %d, %s", cases[i].name, scene->events, scene->outcome, scene->status,
			         play.ops);
	}
}

static void an_answer_that_became_old_is_read_again(void **state)
{
	static const struct {
		enum pin_answer second;
		const char *events;
		size_t acts;
	} cases[] = {
	    {PIN_SAME, "plan intent result end", 1},        {PIN_GONE, "plan intent result end", 0},
	    {PIN_OTHER_USER, "plan intent refused end", 0}, {PIN_DISCONNECTED, "plan intent refused end", 0},
	    {PIN_BUSY, "plan intent result end", 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct scene *scene;

		scene_end(state);
		scene_begin(state);
		scene = *state;
		play.stall_intent = 300;
		scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, cases[i].second, PIN_GONE));
		assert_string_equal(scene->events, cases[i].events);
		assert_int_equal(times("act"), cases[i].acts);
	}
}

/* It could be listed, and cannot be reached again. */
static void a_host_that_left_meanwhile_is_a_failure(void **state)
{
	struct scene *scene = *state;

	play.open_fails_at = 2;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME));
	assert_int_equal(times("pin"), 0);
	assert_string_equal(scene->events, "plan result end");
	assert_string_equal(scene->reason, "no way");
	assert_int_equal(scene->status, REMEDY_FAILED);
}

static void a_dry_run_does_nothing(void **state)
{
	struct scene *scene = *state;

	scene->order.execute = false;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME));
	assert_string_equal(scene->told, "listed planned end");
	assert_string_equal(play.ops, "open close");
	assert_string_equal(scene->events, "");
	assert_int_equal(scene->status, REMEDY_DONE);
}

static void an_incomplete_list_selects_nothing(void **state)
{
	struct scene *scene = *state;

	play.complete_not = true;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME));
	assert_int_equal(times("act"), 0);
	assert_int_equal(scene->status, REMEDY_REFUSED);
}

/* A message ends nothing, so no limit stands against it. */
static void a_message_has_no_limit(void **state)
{
	struct scene *scene = *state;

	play.sessions = 11;
	scene->order.execute = false;
	scene->order.action.act = ACT_MESSAGE;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME));
	assert_string_equal(scene->told, "listed planned end");
	assert_int_equal(scene->status, REMEDY_DONE);
}

static void over_a_limit_nothing_is_done(void **state)
{
	struct scene *scene = *state;

	play.sessions = 11;
	scene->settings.max_percent = 100;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME));
	assert_string_equal(scene->told, "listed planned limit end");
	assert_string_equal(scene->events, "limit");
	assert_int_equal(times("act"), 0);
	assert_int_equal(scene->status, REMEDY_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(an_act_is_pinned_intended_done_and_seen, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(nothing_is_done_where_the_second_pin_fails, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(a_slow_host_is_pinned_once, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(a_lost_answer_is_looked_up, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(what_is_found_decides, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(an_answer_that_became_old_is_read_again, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(a_host_that_left_meanwhile_is_a_failure, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(a_dry_run_does_nothing, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(an_incomplete_list_selects_nothing, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(a_message_has_no_limit, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(over_a_limit_nothing_is_done, scene_begin, scene_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
