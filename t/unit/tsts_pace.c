/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many calls are in progress at once: one, while that is fast enough. */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "providers/tsts/pace.h"

enum { NOW = 1000000, TIME = 4000 };

static size_t window(int64_t latency, bool one_of_many, size_t left, int64_t later)
{
	const struct pace pace = pace_begin(NOW, TIME, latency, one_of_many);

	return pace_window(&pace, left, NOW + later);
}

static void a_host_alone(void **state)
{
	(void)state;
	assert_int_equal(window(0, false, 20, 0), 1);
	assert_int_equal(window(1, false, 50, 0), 1);
	assert_int_equal(window(1, false, 51, 0), PACE_MOST);
	assert_int_equal(window(30, false, 1, 0), 1);
	assert_int_equal(window(30, false, 2, 0), PACE_MOST);
}

static void one_of_many(void **state)
{
	(void)state;
	assert_int_equal(window(25, true, 20, 0), 1);
	assert_int_equal(window(25, true, 21, 0), PACE_MOST);
	assert_int_equal(window(1, true, 420, 0), 1);
	assert_int_equal(window(600, true, 1, 0), PACE_MOST);
}

/* A host that becomes slow: what is left is asked at once, in seven eighths of the time. */
static void slower_than_it_was(void **state)
{
	(void)state;
	assert_int_equal(window(1, true, 20, 479), 1);
	assert_int_equal(window(1, true, 20, 481), PACE_MOST);
	assert_int_equal(window(1, true, 1, 500), PACE_MOST);
	assert_int_equal(window(1, true, 1, 100000), PACE_MOST);
}

static void no_time(void **state)
{
	const struct pace pace = pace_begin(NOW, 0, 5, true);

	(void)state;
	assert_int_equal(pace_window(&pace, 1, NOW), PACE_MOST);
	assert_int_equal(pace_window(&pace, 0, NOW), PACE_MOST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_host_alone),
	    cmocka_unit_test(one_of_many),
	    cmocka_unit_test(slower_than_it_was),
	    cmocka_unit_test(no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
