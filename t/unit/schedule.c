/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weekly windows in time zones, over midnight, in the nights when clocks are changed, and on holidays. */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/policy/schedule.h"
#include "lib/policy/zone.h"

static struct arena arena;

static int64_t at(const char *text)
{
	int64_t when;

	assert_int_equal(time_parse(text, &when), 0);
	return when;
}

/* Windows, split at commas, as the configuration's reader does it. */
static struct schedule windows(const char *text)
{
	struct schedule schedule = {0};
	struct error error = {0};
	char *copy = arena_strdup(&arena, text), *rest = NULL;

	for (char *one = strtok_r(copy, ",", &rest); one != NULL; one = strtok_r(NULL, ",", &rest))
		assert_int_equal(weekly_parse(&schedule, one + strspn(one, " "), &arena, &error), 0);
	return schedule;
}

static const char *text_of(int64_t when)
{
	char *text = arena_alloc(&arena, TIME_TEXT_SIZE);

	time_format(text, TIME_TEXT_SIZE, when);
	return text;
}

struct night {
	const char *zone, *windows;
	const char *now;             /* a moment in the window, or before it */
	const char *opened, *closes; /* NULL: it is not open */
	const char *next;            /* NULL: not looked at */
};

static void check_nights(const struct night *nights, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct night *night = &nights[i];
		struct schedule schedule = windows(night->windows);
		struct error error = {0};
		struct zone *zone = zone_open(night->zone, &error);
		struct opening opening;

		assert_non_null(zone);
		opening = schedule_look(&schedule, zone, NULL, at(night->now));
		print_message("%s, %s: %s\n", night->zone, night->windows, night->now);
		assert_int_equal(opening.open, night->opened != NULL);
		if (night->opened != NULL) {
			assert_string_equal(text_of(opening.opened_at), night->opened);
			assert_string_equal(text_of(opening.closes_at), night->closes);
		}
		if (night->next != NULL) {
			assert_true(opening.again);
			assert_string_equal(text_of(opening.next_at), night->next);
		}
		zone_close(zone);
	}
}

static void ordinary_weeks(void **state)
{
	/* 2026-11-21 is a Saturday. */
	static const struct night nights[] = {
	    {"UTC", "mon-fri 18:00-06:00", "2026-11-20T18:00:00Z", "2026-11-20T18:00:00.000Z",
	     "2026-11-21T06:00:00.000Z", "2026-11-23T18:00:00.000Z"},
	    {"UTC", "mon-fri 18:00-06:00", "2026-11-20T17:59:59.999Z", NULL, NULL, "2026-11-20T18:00:00.000Z"},
	    {"UTC", "mon-fri 18:00-06:00", "2026-11-21T05:59:59.999Z", "2026-11-20T18:00:00.000Z",
	     "2026-11-21T06:00:00.000Z", NULL},
	    {"UTC", "mon-fri 18:00-06:00", "2026-11-21T06:00:00Z", NULL, NULL, "2026-11-23T18:00:00.000Z"},
	    /* windows that touch are one */
	    {"UTC", "mon-fri 18:00-06:00, sat-sun 00:00-24:00", "2026-11-22T12:00:00Z", "2026-11-20T18:00:00.000Z",
	     "2026-11-23T00:00:00.000Z", "2026-11-23T18:00:00.000Z"},
	    {"UTC", "sat-sun 00:00-24:00, mon 00:00-08:00", "2026-11-22T12:00:00Z", "2026-11-21T00:00:00.000Z",
	     "2026-11-23T08:00:00.000Z", "2026-11-28T00:00:00.000Z"},
	    /* round the week */
	    {"UTC", "fri-mon 22:00-23:00", "2026-11-23T22:30:00Z", "2026-11-23T22:00:00.000Z",
	     "2026-11-23T23:00:00.000Z", "2026-11-27T22:00:00.000Z"},
	    {"UTC", "daily 00:00-24:00", "1969-12-31T12:00:00Z", "1969-12-22T00:00:00.000Z", "1970-01-10T00:00:00.000Z",
	     NULL},
	    /* zones */
	    {"Europe/Berlin", "daily 22:00-06:00", "2026-11-20T21:00:00Z", "2026-11-20T21:00:00.000Z",
	     "2026-11-21T05:00:00.000Z", "2026-11-21T21:00:00.000Z"},
	    {"Asia/Kathmandu", "daily 22:00-06:00", "2026-11-20T16:15:00Z", "2026-11-20T16:15:00.000Z",
	     "2026-11-21T00:15:00.000Z", NULL},
	    {"America/New_York", "fri 23:00-01:00", "2026-11-21T05:30:00Z", "2026-11-21T04:00:00.000Z",
	     "2026-11-21T06:00:00.000Z", NULL},
	    /* beyond the years that the files list: by the rule at their end */
	    {"Europe/Berlin", "daily 22:00-06:00", "2061-07-01T21:00:00Z", "2061-07-01T20:00:00.000Z",
	     "2061-07-02T04:00:00.000Z", NULL},
	};

	(void)state;
	check_nights(nights, COUNT(nights));
}

static void nights_when_the_clock_is_put_forward(void **state)
{
	/* Berlin, 2026-03-29 (a Sunday): 02:00 becomes 03:00, at 01:00 UTC. */
	static const struct night nights[] = {
	    {"Europe/Berlin", "daily 22:00-06:00", "2026-03-29T00:30:00Z", "2026-03-28T21:00:00.000Z",
	     "2026-03-29T04:00:00.000Z", "2026-03-29T20:00:00.000Z"},
	    /* begins at a time that is skipped */
	    {"Europe/Berlin", "sun 02:30-04:00", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00.000Z",
	     "2026-03-29T02:00:00.000Z", NULL},
	    {"Europe/Berlin", "sun 02:30-04:00", "2026-03-29T00:59:59.999Z", NULL, NULL, "2026-03-29T01:00:00.000Z"},
	    /* ends at one */
	    {"Europe/Berlin", "sun 01:00-02:30", "2026-03-29T00:59:59.999Z", "2026-03-29T00:00:00.000Z",
	     "2026-03-29T01:00:00.000Z", NULL},
	    /* skipped whole: it does not open that night */
	    {"Europe/Berlin", "sun 02:10-02:50", "2026-03-29T00:00:00Z", NULL, NULL, "2026-04-05T00:10:00.000Z"},
	    /* half an hour, in the south: Lord Howe, 2026-10-04 02:00 becomes 02:30 */
	    {"Australia/Lord_Howe", "sun 02:15-03:00", "2026-10-03T15:30:00Z", "2026-10-03T15:30:00.000Z",
	     "2026-10-03T16:00:00.000Z", NULL},
	    /* a whole day: Samoa had no 2011-12-30, a Friday */
	    {"Pacific/Apia", "fri 08:00-12:00", "2011-12-30T09:00:00Z", NULL, NULL, "2012-01-05T18:00:00.000Z"},
	};

	(void)state;
	check_nights(nights, COUNT(nights));
}

static void nights_when_the_clock_is_put_back(void **state)
{
	/* Berlin, 2026-10-25 (a Sunday): 03:00 becomes 02:00, at 01:00 UTC: 02:30 is 00:30 and 01:30 UTC. */
	static const struct night nights[] = {
	    {"Europe/Berlin", "daily 22:00-06:00", "2026-10-25T00:30:00Z", "2026-10-24T20:00:00.000Z",
	     "2026-10-25T05:00:00.000Z", NULL},
	    /* begins at a time that comes twice: the second */
	    {"Europe/Berlin", "sun 02:30-04:00", "2026-10-25T00:30:00Z", NULL, NULL, "2026-10-25T01:30:00.000Z"},
	    /* ends at one: the first behind its beginning */
	    {"Europe/Berlin", "sun 01:00-02:30", "2026-10-25T00:00:00Z", "2026-10-24T23:00:00.000Z",
	     "2026-10-25T00:30:00.000Z", NULL},
	    {"Europe/Berlin", "sun 01:00-02:30", "2026-10-25T01:10:00Z", NULL, NULL, "2026-11-01T00:00:00.000Z"},
	    /* both: no longer than it looks */
	    {"Europe/Berlin", "sun 02:10-02:50", "2026-10-25T01:20:00Z", "2026-10-25T01:10:00.000Z",
	     "2026-10-25T01:50:00.000Z", NULL},
	    {"Europe/Berlin", "sun 02:10-02:50", "2026-10-25T00:20:00Z", NULL, NULL, "2026-10-25T01:10:00.000Z"},
	    {"America/New_York", "sun 01:30-03:00", "2026-11-01T05:30:00Z", NULL, NULL, "2026-11-01T06:30:00.000Z"},
	};

	(void)state;
	check_nights(nights, COUNT(nights));
}

static void a_window_is_never_longer_than_it_looks(void **state)
{
	static const char *const zones[] = {"Europe/Berlin",     "America/New_York", "Australia/Lord_Howe",
	                                    "Africa/Casablanca", "America/Santiago", "Asia/Kathmandu",
	                                    "America/St_Johns"};
	const int64_t minute = 60000;

	(void)state;
	for (size_t i = 0; i < COUNT(zones); i++) {
		struct error error = {0};
		struct zone *zone = zone_open(zones[i], &error);

		assert_non_null(zone);
		for (int from = 0; from < 24 * 60; from += 185) {
			struct weekly window = {0x7f, (uint16_t)from, (uint16_t)((from + 40) % (24 * 60))};
			struct schedule schedule = {&window, 1, 1};
			int64_t now = at("2026-01-01T00:00:00Z");

			for (int opened = 0; opened < 366; opened++) {
				struct opening next = schedule_look(&schedule, zone, NULL, now), there;

				assert_true(next.again);
				assert_true(next.next_at > now);
				there = schedule_look(&schedule, zone, NULL, next.next_at);
				assert_true(there.open);
				assert_int_equal(there.opened_at, next.next_at);
				assert_true(there.closes_at > there.opened_at);
				assert_true(there.closes_at - there.opened_at <= 40 * minute);
				assert_false(schedule_look(&schedule, zone, NULL, next.next_at - 1).open);
				assert_false(schedule_look(&schedule, zone, NULL, there.closes_at).open);
				now = there.closes_at;
			}
		}
		zone_close(zone);
	}
}

static void holidays_have_windows_of_their_own(void **state)
{
	struct schedule schedule = windows("mon-fri 18:00-06:00, holiday 00:00-24:00");
	struct holidays holidays = {0};
	struct error error = {0};
	struct opening opening;

	(void)state;
	assert_int_equal(holiday_parse(&holidays, "2026-12-24..2026-12-26", &arena, &error), 0);
	assert_int_equal(holiday_parse(&holidays, "2027-01-01", &arena, &error), 0);
	/* Wednesday's window begins on no holiday and reaches into one, which is open to its end. */
	opening = schedule_look(&schedule, NULL, &holidays, at("2026-12-24T07:00:00Z"));
	assert_true(opening.open);
	assert_string_equal(text_of(opening.opened_at), "2026-12-23T18:00:00.000Z");
	assert_string_equal(text_of(opening.closes_at), "2026-12-27T00:00:00.000Z");
	assert_string_equal(text_of(opening.next_at), "2026-12-28T18:00:00.000Z");
	/* Without a window "holiday" nothing begins on one. */
	schedule = windows("mon-fri 18:00-06:00");
	opening = schedule_look(&schedule, NULL, &holidays, at("2026-12-24T20:00:00Z"));
	assert_false(opening.open);
	assert_string_equal(text_of(opening.next_at), "2026-12-28T18:00:00.000Z");
}

static void without_windows_it_is_open(void **state)
{
	struct schedule schedule = {0};
	struct opening opening = schedule_look(&schedule, NULL, NULL, at("2026-12-24T20:00:00Z"));

	(void)state;
	assert_true(opening.open);
	assert_false(opening.again);
	assert_true(opening.opened_at == INT64_MIN && opening.closes_at == INT64_MAX);
}

static void a_window_that_never_comes(void **state)
{
	struct schedule schedule = windows("holiday 00:00-24:00");
	struct opening opening = schedule_look(&schedule, NULL, NULL, at("2026-12-24T20:00:00Z"));

	(void)state;
	assert_false(opening.open);
	assert_false(opening.again);
}

static void bad_windows_are_refused(void **state)
{
	static const char *const bad[] = {"",
	                                  "18:00-06:00",
	                                  "mon",
	                                  "mon 18-06",
	                                  "mon 18:00",
	                                  "mon 18:00-",
	                                  "mon 18:00-25:00",
	                                  "mon 18:60-19:00",
	                                  "mon 24:00-06:00",
	                                  "mon 24:01-06:00",
	                                  "monday 18:00-06:00",
	                                  "mon-holiday 18:00-06:00",
	                                  "Mon 18:00-06:00",
	                                  "mon- 18:00-06:00",
	                                  "-mon 18:00-06:00",
	                                  "mon 18:00-06:00 tue",
	                                  "mon 18:00-06:00-07:00",
	                                  "mon\t18:00-06:00",
	                                  "daily 22:00-22:00",
	                                  "dailyx 18:00-06:00"};
	struct schedule schedule = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct error error = {0};

		assert_int_equal(weekly_parse(&schedule, bad[i], &arena, &error), -1);
		assert_int_equal(error.code, ERROR_CONFIG);
		assert_string_not_equal(error.hint, "");
	}
	assert_int_equal(schedule.count, 0);
}

static void bad_holidays_are_refused(void **state)
{
	static const char *const bad[] = {"",
	                                  "2026",
	                                  "2026-12-32",
	                                  "2026-02-29",
	                                  "24.12.2026",
	                                  "2026-12-24..",
	                                  "2026-12-24-2026-12-26",
	                                  "2026-12-26..2026-12-24",
	                                  "2026-12-24 x"};
	struct holidays holidays = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct error error = {0};

		assert_int_equal(holiday_parse(&holidays, bad[i], &arena, &error), -1);
		assert_int_equal(error.code, ERROR_CONFIG);
	}
	assert_int_equal(holidays.count, 0);
}

static void names_of_zones(void **state)
{
	static const char *const bad[] = {"",
	                                  "Europe/Nowhere",
	                                  "../../etc/passwd",
	                                  "/etc/localtime",
	                                  "Europe/",
	                                  "+02:00",
	                                  "CET-1CEST,M3.5.0,M10.5.0/3",
	                                  "Europe//Berlin",
	                                  ":Europe/Berlin",
	                                  "Europe"};
	struct error error = {0};
	struct zone *zone;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		error_clear(&error);
		assert_null(zone_open(bad[i], &error));
		assert_int_equal(error.code, ERROR_CONFIG);
	}
	error_clear(&error);
	zone = zone_open("America/Argentina/Buenos_Aires", &error);
	assert_non_null(zone);
	assert_int_equal(zone_offset(zone, at("2026-11-21T00:00:00Z")), -3 * 3600 * 1000);
	zone_close(zone);
	zone = zone_open("Europe/Berlin", &error);
	assert_int_equal(zone_offset(zone, at("2026-03-29T00:59:59.999Z")), 3600 * 1000);
	assert_int_equal(zone_offset(zone, at("2026-03-29T01:00:00.000Z")), 2 * 3600 * 1000);
	zone_close(zone);
	zone_close(NULL);
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ordinary_weeks),
	    cmocka_unit_test(nights_when_the_clock_is_put_forward),
	    cmocka_unit_test(nights_when_the_clock_is_put_back),
	    cmocka_unit_test(a_window_is_never_longer_than_it_looks),
	    cmocka_unit_test(holidays_have_windows_of_their_own),
	    cmocka_unit_test(without_windows_it_is_open),
	    cmocka_unit_test(a_window_that_never_comes),
	    cmocka_unit_test(bad_windows_are_refused),
	    cmocka_unit_test(bad_holidays_are_refused),
	    cmocka_unit_test(names_of_zones),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
