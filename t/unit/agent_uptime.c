/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TimeStamps: sysUpTime of a daemon that was started before the agent, after it, runs for years, or is restarted. */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/uptime.h"

/* ms on the monotonic clock. */
enum { STARTED = 5000000 };

/* sysUpTime begins anew after so many ms: 497 days. */
static const int64_t ROUND = INT64_C(4294967296) * 10;

static void a_daemon_that_runs_already(void **state)
{
	struct uptime uptime = {0};

	(void)state;
	uptime_learn(&uptime, 12345, STARTED + 70);
	assert_true(uptime.known);
	assert_int_equal(uptime_at(&uptime, STARTED), 12338);
	assert_int_equal(uptime_at(&uptime, STARTED + 60000), 18338);
}

static void a_daemon_that_is_started_later(void **state)
{
	struct uptime uptime = {0};

	(void)state;
	uptime_learn(&uptime, 100, STARTED + 60000);
	assert_int_equal(uptime_at(&uptime, STARTED), 0);
	assert_int_equal(uptime_at(&uptime, STARTED + 59000), 0);
	assert_int_equal(uptime_at(&uptime, STARTED + 59010), 1);
}

/* Each connection tells it anew, a little later or earlier: a TimeStamp that moved would be a discontinuity. */
static void an_answer_that_comes_a_little_late_changes_nothing(void **state)
{
	struct uptime uptime = {0};

	(void)state;
	uptime_learn(&uptime, 12345, STARTED);
	uptime_learn(&uptime, 12345 + 6000, STARTED + 60000 + 150);
	assert_int_equal(uptime_at(&uptime, STARTED), 12345);
	uptime_learn(&uptime, 12345 + 6003, STARTED + 60000);
	assert_int_equal(uptime_at(&uptime, STARTED), 12345);
}

static void a_restart_of_the_daemon_begins_anew(void **state)
{
	struct uptime uptime = {0};

	(void)state;
	uptime_learn(&uptime, 12345, STARTED);
	uptime_learn(&uptime, 30, STARTED + 60000);
	assert_int_equal(uptime_at(&uptime, STARTED), 0);
	assert_int_equal(uptime_at(&uptime, STARTED + 60000), 30);
}

/* RFC 2579: when sysUpTime begins anew by itself, TimeStamps keep their values. */
static void after_497_days_nothing_changes(void **state)
{
	struct uptime uptime = {0};

	(void)state;
	uptime_learn(&uptime, 12345, STARTED);
	uptime_learn(&uptime, 12345, STARTED + ROUND);
	assert_int_equal(uptime_at(&uptime, STARTED), 12345);
	assert_int_equal(uptime_at(&uptime, STARTED + ROUND), 12345);
	uptime_learn(&uptime, 12345, STARTED + 3 * ROUND + 100);
	assert_int_equal(uptime_at(&uptime, STARTED), 12345);
	uptime_learn(&uptime, 30, STARTED + 4 * ROUND);
	assert_int_equal(uptime_at(&uptime, STARTED), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_daemon_that_runs_already),
	    cmocka_unit_test(a_daemon_that_is_started_later),
	    cmocka_unit_test(an_answer_that_comes_a_little_late_changes_nothing),
	    cmocka_unit_test(a_restart_of_the_daemon_begins_anew),
	    cmocka_unit_test(after_497_days_nothing_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
