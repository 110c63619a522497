/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hard_critical_alone_by_default),
	    cmocka_unit_test(more_on_request),
	    cmocka_unit_test(other_words_are_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
