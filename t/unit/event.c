/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/error.h"
#include "lib/collect/event.h"

static struct arena arena;

static int judge(const char *state, const char *type, const char *on1, const char *on2)
{
	struct string_list on = {0};
	struct error error = {0};
	bool act;

	if (on1 != NULL)
		string_list_add(&on, &arena, on1);
	if (on2 != NULL)
		string_list_add(&on, &arena, on2);
	return event_judge(state, type, &on, &act, &error) < 0 ? -1 : act;
}

static void hard_critical_alone_by_default(void **state)
{
	static const char *const states[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

	(void)state;
	for (size_t i = 0; i < COUNT(states); i++) {
		assert_int_equal(judge(states[i], "SOFT", NULL, NULL), 0);
		assert_int_equal(judge(states[i], "HARD", NULL, NULL), i == 2);
	}
	assert_int_equal(judge("critical", "hard", NULL, NULL), 1);
}

static void more_on_request(void **state)
{
	(void)state;
	assert_int_equal(judge("WARNING", "HARD", "warning", NULL), 1);
	assert_int_equal(judge("WARNING", "SOFT", "warning", NULL), 0);
	assert_int_equal(judge("CRITICAL", "SOFT", "soft", NULL), 1);
	assert_int_equal(judge("WARNING", "SOFT", "soft", NULL), 0);
	assert_int_equal(judge("WARNING", "SOFT", "soft", "warning"), 1);
	assert_int_equal(judge("CRITICAL", "HARD", "warning", NULL), 1);
}

static void other_words_are_errors(void **state)
{
	(void)state;
	assert_int_equal(judge("DOWN", "HARD", NULL, NULL), -1);
	assert_int_equal(judge("$SERVICESTATE$", "HARD", NULL, NULL), -1);
	assert_int_equal(judge("CRITICAL", NULL, NULL, NULL), -1);
	assert_int_equal(judge("CRITICAL", "", NULL, NULL), -1);
	assert_int_equal(judge("CRITICAL", "HARD", "always", NULL), -1);
	arena_free(&arena);
}

static bool holds(const char *depth1, const char *depth2, const char *acknowledged, const char *says)
{
	struct string_list depths = {0};
	struct buffer why = {0};
	bool held;

	if (depth1 != NULL)
		string_list_add(&depths, &arena, depth1);
	if (depth2 != NULL)
		string_list_add(&depths, &arena, depth2);
	held = event_holds(&depths, acknowledged, &why);
	assert_string_equal(buffer_text(&why), says);
	buffer_free(&why);
	arena_free(&arena);
	return held;
}

static void a_downtime_or_an_acknowledgement_holds(void **state)
{
	(void)state;
	assert_false(holds(NULL, NULL, NULL, ""));
	assert_false(holds("0", "0", "0", ""));
	assert_false(holds("00", NULL, NULL, ""));
	assert_true(holds("1", NULL, NULL, "--downtime-depth \"1\": there is a downtime"));
	assert_true(holds("0", "20", "0", "--downtime-depth \"20\": there is a downtime"));
	assert_true(holds("0", "0", "2", "--acknowledged \"2\": somebody has acknowledged the problem"));
}

static void what_is_no_number_holds(void **state)
{
	static const char *const odd[] = {"", "0.5", "-0", " 0", "no", "$HOSTDOWNTIME$", "0x0"};

	(void)state;
	for (size_t i = 0; i < COUNT(odd); i++) {
		char says[120];

		snprintf(says, sizeof says,
		         "--downtime-depth \"%s\" is not a number, so it is possible that there is a downtime", odd[i]);
		assert_true(holds("0", odd[i], "0", says));
		snprintf(says, sizeof says,
		         "--acknowledged \"%s\" is not a number, so it is possible that somebody has acknowledged the "
		         "problem",
		         odd[i]);
		assert_true(holds("0", NULL, odd[i], says));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hard_critical_alone_by_default), cmocka_unit_test(more_on_request),
	    cmocka_unit_test(other_words_are_errors),         cmocka_unit_test(a_downtime_or_an_acknowledgement_holds),
	    cmocka_unit_test(what_is_no_number_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
