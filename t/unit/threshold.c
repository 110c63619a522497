/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/unit/test.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/judge/threshold.h"

static struct range range_of(const char *text)
{
	struct error error = {0};
	struct range range;

	if (range_parse(&range, text, &error) < 0)
		fail_msg("%s: %s", text, error.text);
	return range;
}

/* The table of the Monitoring Plugins Development Guidelines, "Threshold and Ranges". */
static void the_guidelines_examples_hold(void **state)
{
	static const struct {
		const char *range;
		double value;
		bool alerts;
	} table[] = {
	    {"10", -1, true},     {"10", 0, false},     {"10", 10, false},    {"10", 11, true},
	    {"10:", 9, true},     {"10:", 10, false},   {"~:10", 11, true},   {"~:10", -5, false},
	    {"10:20", 9, true},   {"10:20", 10, false}, {"10:20", 20, false}, {"10:20", 21, true},
	    {"@10:20", 9, false}, {"@10:20", 10, true}, {"@10:20", 20, true}, {"@10:20", 21, false},
	    {"@10", 5, true},     {"@10", 11, false},   {"~:", 1e9, false},   {"@~:", 0, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct range range = range_of(table[i].range);

		if (range_alerts(&range, table[i].value) != table[i].alerts)
			fail_msg("%s with %g", table[i].range, table[i].value);
	}
}

static void what_is_no_range_is_refused(void **state)
{
	static const char *const bad[] = {
	    "",    ":",  "@",     "@:",  "~",     "10:5",    "-5",  "~10",  "~5:10", "5:~",   "1.2.3",
	    ".",   "1e", "1e1.5", "0x5", "inf",   "inf:",    "nan", " 5",   "5 ",    "1:2:3", "1::2",
	    "@@5", "a",  "5a",    "--5", "1e400", "5:1e400", "10;", "5,10", "10%",   "4h",    "\n10",
	};
	struct error error = {0};
	struct range range;
	char endless[500];

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		error_clear(&error);
		if (range_parse(&range, bad[i], &error) == 0)
			fail_msg("\"%s\" was taken", bad[i]);
		assert_int_equal(error.code, ERROR_USAGE);
		assert_true(error.hint[0] != '\0');
	}
	memset(endless, '1', sizeof endless - 1);
	endless[sizeof endless - 1] = '\0';
	error_clear(&error);
	assert_int_equal(range_parse(&range, endless, &error), -1);
}

/* Signs and exponents, as a number has them; what a range says is what is shown of it. */
static void numbers_have_signs_and_exponents(void **state)
{
	static const struct {
		const char *argument, *text;
		double start, end;
	} table[] = {
	    {"total=-5:+5", "-5:5", -5, 5},
	    {"idle=1e+2", "100", 0, 100},
	    {"active=1e-1:2e0", "0.1:2", 0.1, 2},
	    {"disconnected=0:", "0:", 0, INFINITY},
	    {"oldest_idle=-90:0.0001", "-90:0.0001", -90, 0.0001},
	    {"oldest_disconnected=0:9e99", "9e+99", 0, 9e99},
	};
	struct thresholds thresholds = {0};
	struct arena arena = {0};
	struct error error = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		size_t name = strcspn(table[i].argument, "=");
		const struct range range = range_of(table[i].argument + name + 1);
		int metric = 0;

		assert_true(range.start == table[i].start && range.end == table[i].end);
		assert_int_equal(thresholds_add(&thresholds, VERDICT_WARNING, table[i].argument, &arena, &error), 0);
		while (strncmp(metric_name((enum metric)metric), table[i].argument, name) != 0)
			metric++;
		assert_string_equal(thresholds.metrics[metric].warning_text, table[i].text);
	}
	arena_free(&arena);
}

/* A name that is too long to be shown is cut; a verdict that is none has no name. */
static void what_nobody_means_is_told_in_bounds(void **state)
{
	struct thresholds thresholds = {0};
	struct arena arena = {0};
	struct error error = {0};
	char argument[200], shown[100];

	(void)state;
	memset(argument, 'x', sizeof argument);
	memcpy(argument + sizeof argument - 3, "=5", 3);
	assert_int_equal(thresholds_add(&thresholds, VERDICT_WARNING, argument, &arena, &error), -1);
	snprintf(shown, sizeof shown, "there is no metric \"%.60s\"", argument);
	assert_non_null(strstr(error.text, shown));
	assert_string_equal(verdict_name(VERDICT_UNKNOWN), "UNKNOWN");
	assert_string_equal(verdict_name((enum verdict)77), "?");
	arena_free(&arena);
}

static void an_interval_gives_what_it_could_be(void **state)
{
	struct range inside = range_of("@10:20"), two = range_of("2"), gap = range_of("@1:2"), after = range_of("@3:4");
	struct judgement all;

	(void)state;
	all = range_judge(NULL, &inside, (struct interval){5, INFINITY});
	assert_int_equal(all.mildest, VERDICT_OK);
	assert_int_equal(all.gravest, VERDICT_CRITICAL);
	all = range_judge(&two, NULL, (struct interval){3, INFINITY});
	assert_int_equal(all.mildest, VERDICT_WARNING);
	assert_int_equal(all.gravest, VERDICT_WARNING);
	/* There is no whole number between 2 and 3, so nothing in 1 to 4 is OK. */
	all = range_judge(&gap, &after, (struct interval){1, 4});
	assert_int_equal(all.mildest, VERDICT_WARNING);
	assert_int_equal(all.gravest, VERDICT_CRITICAL);
	all = range_judge(NULL, NULL, (struct interval){0, INFINITY});
	assert_int_equal(all.gravest, VERDICT_OK);
}

/* A random range over -1.5 … 13 with ends that are whole or halves, or no range at all. */
static const struct range *random_range(struct range *range)
{
	double a = (rand() % 30 - 3) / 2.0, b = (rand() % 30 - 3) / 2.0;

	*range = (struct range){a < b ? a : b, a < b ? b : a, rand() % 2 == 0};
	if (rand() % 4 == 0)
		range->start = -INFINITY;
	if (rand() % 4 == 0)
		range->end = INFINITY;
	return rand() % 6 == 0 ? NULL : range;
}

/* The definition, point by point.  All ends are below 20, so 25 stands for infinity. */
static void intervals_agree_with_brute_force(void **state)
{
	(void)state;
	srand(20261121);
	for (int round = 0; round < 200000; round++) {
		struct range one, other;
		const struct range *warning = random_range(&one), *critical = random_range(&other);
		int low = rand() % 15, last = low + rand() % 8;
		bool open = rand() % 3 == 0;
		enum verdict mildest = VERDICT_CRITICAL, gravest = VERDICT_OK;
		struct judgement all;

		for (int value = low; value <= (open ? 25 : last); value++) {
			enum verdict verdict = VERDICT_OK;

			if (warning != NULL && range_alerts(warning, value))
				verdict = VERDICT_WARNING;
			if (critical != NULL && range_alerts(critical, value))
				verdict = VERDICT_CRITICAL;
			mildest = verdict < mildest ? verdict : mildest;
			gravest = verdict > gravest ? verdict : gravest;
		}
		all = range_judge(warning, critical, (struct interval){low, open ? INFINITY : last});
		if (all.mildest != mildest || all.gravest != gravest)
			fail_msg("round %d: [%d, %d%s]", round, low, last, open ? "…" : "");
	}
}

static void verdicts_join(void **state)
{
	struct judgement ok = {VERDICT_OK, VERDICT_OK}, unsure = {VERDICT_OK, VERDICT_CRITICAL},
	                 critical = {VERDICT_CRITICAL, VERDICT_CRITICAL}, warning = {VERDICT_WARNING, VERDICT_WARNING};

	(void)state;
	assert_int_equal(judgement_verdict(judgement_join(ok, warning)), VERDICT_WARNING);
	assert_int_equal(judgement_verdict(judgement_join(unsure, warning)), VERDICT_UNKNOWN);
	assert_int_equal(judgement_join(unsure, warning).mildest, VERDICT_WARNING);
	/* What is CRITICAL already cannot become worse. */
	assert_int_equal(judgement_verdict(judgement_join(unsure, critical)), VERDICT_CRITICAL);
}

static void arguments_are_read(void **state)
{
	struct thresholds thresholds = {0};
	struct arena arena = {0};
	struct error error = {0};

	(void)state;
	assert_int_equal(thresholds_add(&thresholds, VERDICT_WARNING, "50", &arena, &error), 0);
	assert_true(thresholds.metrics[METRIC_TOTAL].has_warning);
	assert_string_equal(thresholds.metrics[METRIC_TOTAL].warning_text, "50");
	assert_int_equal(thresholds_add(&thresholds, VERDICT_CRITICAL, "idle=~:5", &arena, &error), 0);
	assert_string_equal(thresholds.metrics[METRIC_IDLE].critical_text, "~:5");
	assert_int_equal(thresholds_add(&thresholds, VERDICT_CRITICAL, "oldest_idle=@1h30m:8h", &arena, &error), 0);
	assert_string_equal(thresholds.metrics[METRIC_OLDEST_IDLE].critical_text, "@5400:28800");
	assert_true(range_alerts(&thresholds.metrics[METRIC_OLDEST_IDLE].critical, 5400));
	assert_int_equal(thresholds_add(&thresholds, VERDICT_WARNING, "oldest_disconnected=4h", &arena, &error), 0);
	assert_string_equal(thresholds.metrics[METRIC_OLDEST_DISCONNECTED].warning_text, "14400");
	assert_int_equal(thresholds_add(&thresholds, VERDICT_CRITICAL, "oldest_disconnected=90:", &arena, &error), 0);
	assert_string_equal(thresholds.metrics[METRIC_OLDEST_DISCONNECTED].critical_text, "90:");
	assert_int_equal(thresholds_add(&thresholds, VERDICT_WARNING, "unreachable=0", &arena, &error), 0);
	assert_string_equal(thresholds.metrics[METRIC_UNREACHABLE].warning_text, "0");
	arena_free(&arena);
}

static void bad_arguments_are_refused(void **state)
{
	static const char *const bad[] = {
	    "",       "sessions=5", "=5",      "idle=",         "idle=5h",           "5h",
	    "idle=a", "Idle=5",     "total=7", "oldest_idle=x", "oldest_idle=8h:4h", "idl=5"};
	struct thresholds thresholds = {0};
	struct arena arena = {0};
	struct error error = {0};

	(void)state;
	assert_int_equal(thresholds_add(&thresholds, VERDICT_WARNING, "9", &arena, &error), 0);
	for (size_t i = 0; i < COUNT(bad); i++) {
		error_clear(&error);
		if (thresholds_add(&thresholds, VERDICT_WARNING, bad[i], &arena, &error) == 0)
			fail_msg("\"%s\" was taken", bad[i]);
		assert_int_equal(error.code, ERROR_USAGE);
	}
	error_clear(&error);
	thresholds_add(&thresholds, VERDICT_WARNING, "sessions=5", &arena, &error);
	for (int i = 0; i < METRIC_COUNT; i++)
		assert_non_null(strstr(error.hint, metric_name((enum metric)i)));
	error_clear(&error);
	thresholds_add(&thresholds, VERDICT_WARNING, "total=7", &arena, &error);
	assert_string_equal(error.text, "total has two warning ranges");
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_guidelines_examples_hold),
	    cmocka_unit_test(what_is_no_range_is_refused),
	    cmocka_unit_test(numbers_have_signs_and_exponents),
	    cmocka_unit_test(what_nobody_means_is_told_in_bounds),
	    cmocka_unit_test(an_interval_gives_what_it_could_be),
	    cmocka_unit_test(intervals_agree_with_brute_force),
	    cmocka_unit_test(verdicts_join),
	    cmocka_unit_test(arguments_are_read),
	    cmocka_unit_test(bad_arguments_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
