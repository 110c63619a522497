/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ends that limits would have held back: who comes later, who never, and how many runs do nothing. */
#include "t/unit/test.h"

#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/policy/zone.h"
#include "lib/rehearse/held.h"
#include "lib/rehearse/replay.h"
#include "lib/rehearse/tally.h"

enum { MINUTE = 60000, HOUR = 60 * MINUTE };
/* 2026-11-21T10:00:00Z */
#define NOW INT64_C(1795255200000)

static void nothing_over_the_limit_is_held_back(void **state)
{
	const struct tally_end ends[] = {{NOW, NOW + HOUR}, {NOW, NOW + HOUR}, {NOW + HOUR, NOW + 2 * HOUR}};
	const struct held_limits limits = {.acts = 2, .to = NOW + 48 * (int64_t)HOUR};
	struct held held = held_back(ends, COUNT(ends), &limits);

	(void)state;
	assert_int_equal(held.later + held.never + held.refused, 0);
	held = held_back(ends, 0, &limits);
	assert_int_equal(held.later + held.never + held.refused, 0);
}

/* Two are done at once; the third has to wait until the hour of those is over. */
static void the_hour_holds_back(void **state)
{
	const struct tally_end ends[] = {
	    {NOW, NOW + 9 * HOUR}, {NOW, NOW + 9 * HOUR}, {NOW + 30 * MINUTE, NOW + 9 * HOUR}};
	const struct held_limits limits = {.acts = 2, .to = NOW + 48 * (int64_t)HOUR};
	const struct held held = held_back(ends, COUNT(ends), &limits);

	(void)state;
	assert_int_equal(held.later, 1);
	assert_int_equal(held.longest, 30 * MINUTE);
	assert_int_equal(held.never, 0);
	assert_int_equal(held.refused, 6); /* 30 to 55 minutes */
}

/* Three at once are too many for ever, until one of them goes by himself. */
static void too_many_at_once_stand_still(void **state)
{
	const struct tally_end ends[] = {{NOW, NOW + 9 * HOUR}, {NOW, NOW + 2 * HOUR}, {NOW, NOW + 9 * HOUR}};
	struct held_limits limits = {.acts = 2, .to = NOW + 48 * (int64_t)HOUR};
	struct held held = held_back(ends, COUNT(ends), &limits);

	(void)state;
	assert_int_equal(held.later, 2);
	assert_int_equal(held.longest, 2 * HOUR);
	assert_int_equal(held.never, 1);
	assert_int_equal(held.refused, 24);
	limits.to = NOW + HOUR;
	held = held_back(ends, COUNT(ends), &limits); /* and the time is over before that */
	assert_int_equal(held.later, 0);
	assert_int_equal(held.never, 3);
}

/* From noon to noon on the zone's clock: 11:00 UTC in Berlin in winter. */
static void the_night_holds_back(void **state)
{
	struct zone *berlin = zone_open("Europe/Berlin", &(struct error){0});
	const struct tally_end ends[] = {{NOW - 20 * HOUR, NOW + 9 * HOUR}, {NOW, NOW + 9 * HOUR}};
	const struct held_limits limits = {.acts = 9, .night_acts = 1, .zone = berlin, .to = NOW + 48 * (int64_t)HOUR};
	struct held held;

	(void)state;
	assert_non_null(berlin);
	held = held_back(ends, COUNT(ends), &limits);
	assert_int_equal(held.later, 1);
	assert_int_equal(held.longest, HOUR); /* from 10:00 to 11:00 UTC */
	assert_int_equal(held.refused, 12);
	zone_close(berlin);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_over_the_limit_is_held_back),
	    cmocka_unit_test(the_hour_holds_back),
	    cmocka_unit_test(too_many_at_once_stand_still),
	    cmocka_unit_test(the_night_holds_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
