/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/nearest.h"

#include <string.h>

#include "t/unit/test.h"

static const char *const known[] = {"idle-over", "idle-after", "disconnected-over", "user",  "exclude-user",
                                    "timeout",   "target",     "target-timeout",    "total", "e"};

static const char *find(const char *word)
{
	struct nearest nearest = nearest_to(word, strlen(word));

	for (size_t i = 0; i < COUNT(known); i++)
		nearest_offer(&nearest, known[i]);
	return nearest.best;
}

static void slips_are_seen_through(void **state)
{
	static const struct {
		const char *typed, *meant;
	} table[] = {
	    {"idel-over", "idle-over"},            /* swapped */
	    {"idle-ovr", "idle-over"},             /* left out */
	    {"idle-overr", "idle-over"},           /* added */
	    {"idla-after", "idle-after"},          /* replaced */
	    {"Timeout", "timeout"},                /* case */
	    {"TIMEOUT", "timeout"},                /* all of it */
	    {"disconnected", "disconnected-over"}, /* its beginning */
	    {"exclude", "exclude-user"},           /* likewise */
	    {"usr", "user"},                       /* one letter of three */
	    {"target-timeuot", "target-timeout"},  /* the nearer of two */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		const char *found = find(table[i].typed);

		if (found == NULL || strcmp(found, table[i].meant) != 0)
			fail_msg("%s: %s", table[i].typed, found != NULL ? found : "(nothing)");
	}
}

static void nothing_is_made_up(void **state)
{
	static const char *const words[] = {"",
	                                    "x",
	                                    "ab",
	                                    "nosuch",
	                                    "idle-under-all",
	                                    "usx7",
	                                    "us",
	                                    "disconected",
	                                    "targettargettargettargettargettargettargettargettargettargettargettarget"};

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++)
		if (find(words[i]) != NULL)
			fail_msg("%s: %s", words[i], find(words[i]));
}

/* The word need not end in a NUL, as in "METRIC=RANGE". */
static void only_the_word_is_read(void **state)
{
	struct nearest nearest = nearest_to("totl=5", 4);

	(void)state;
	nearest_offer(&nearest, "total");
	assert_non_null(nearest.best);
	assert_int_equal(nearest.distance, 1);
	nearest_offer(&nearest, "totl");
	assert_string_equal(nearest.best, "totl");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(slips_are_seen_through),
	    cmocka_unit_test(nothing_is_made_up),
	    cmocka_unit_test(only_the_word_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
