/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was ordered, until it is seen to be done or the time is over. */
#include "t/unit/played.h"

#include <stdbool.h>
#include <stddef.h>

#include "lib/act/remedy.h"
#include "lib/base/clock.h"
#include "t/unit/test.h"

/* The host says yes and does not do it in our time: that is not done, and no failure of ours. */
static void an_order_not_seen_to_be_done_is_ordered(void **state)
{
	struct scene *scene = *state;

	scene->settings.timeout = 1500;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME));
	assert_string_equal(scene->events, "plan intent result end");
	assert_string_equal(scene->outcome, "ordered");
	assert_int_equal(scene->tally.ordered, 1);
	assert_int_equal(scene->tally.done, 0);
	assert_int_equal(scene->status, REMEDY_DONE);
}

/* The host has said yes.  Why the look cannot tell more is said, unless our own time was too short. */
static void what_cannot_be_seen_is_ordered(void **state)
{
	static const struct {
		enum pin_answer look;
		const char *reason;
	} cases[] = {
	    {PIN_BUSY, "the host has accepted it; it cannot be seen now: not now"},
	    {PIN_GARBLED, "the host has accepted it; it cannot be seen now: no sense"},
	    {PIN_LATE, "the host has accepted it; not seen to be done yet"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct scene *scene;

		scene_end(state);
		scene_begin(state);
		scene = *state;
		scene->settings.timeout = 1500;
		scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, cases[i].look));
		assert_string_equal(scene->outcome, "ordered");
		assert_string_equal(scene->reason, cases[i].reason);
		assert_int_equal(scene->status, REMEDY_DONE);
	}
}

/* No act is begun that may not be over before the run's time is. */
static void the_time_ends_it_between_two_acts(void **state)
{
	struct scene *scene = *state;

	play.sessions = 2;
	play.pin_delays[0] = 2600;
	scene->settings.timeout = 3000;
	scene->settings.max_percent = 100;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
	assert_int_equal(times("act"), 1);
	assert_int_equal(scene->tally.left, 1);
	assert_int_equal(scene->status, REMEDY_FAILED);
}

/* Whatever --target-timeout allows: one that hangs leaves half of the time to the next of its host. */
static void one_that_hangs_does_not_take_all_the_time(void **state)
{
	struct scene *scene = *state;

	play.sessions = 2;
	scene->settings.timeout = 20000;
	scene->settings.target_timeout = 60000;
	scene->settings.max_percent = 100;
	scene_run(scene, ACT_LOST, PINS(PIN_SAME, PIN_SAME, PIN_GONE));
	assert_int_equal(times("act"), 2);
	assert_true(play.act_times[0] <= 10000);
	assert_true(play.act_times[1] > 10000);
}

/* The last test, as nothing takes the wish to stop back.  What was ordered is watched for a second more. */
static void a_stop_ends_it_between_two_acts(void **state)
{
	struct scene *scene = *state;

	play.sessions = 3;
	play.stop_at_act = true;
	scene->settings.max_percent = 100;
	scene->settings.timeout = 60000;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME));
	assert_true(clock_now() - play.now < 30000);
	assert_string_equal(scene->outcome, "ordered");
	assert_string_equal(scene->events, "plan intent result end");
	assert_int_equal(times("act"), 1);
	assert_int_equal(scene->tally.left, 2);
	assert_int_equal(scene->status, REMEDY_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(an_order_not_seen_to_be_done_is_ordered, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(what_cannot_be_seen_is_ordered, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(the_time_ends_it_between_two_acts, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(one_that_hangs_does_not_take_all_the_time, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(a_stop_ends_it_between_two_acts, scene_begin, scene_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
