/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "lib/base/clock.h"

static void durations_are_read(void **state)
{
	static const struct {
		const char *text;
		int64_t milliseconds;
	} good[] = {{"0", 0},          {"90", 90000},      {"90s", 90000}, {"30m", 1800000}, {"4h", 14400000},
	            {"2d", 172800000}, {"1h30m", 5400000}, {"250ms", 250}, {"1w", 604800000}};
	static const char *const bad[] = {"",       "m",    "-1",   "1x", "1 h", "1h-", "1.5h", "99999999999999999999",
	                                  "40000d", "1h30", "30m15"};
	int64_t milliseconds;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_int_equal(duration_parse(good[i].text, &milliseconds), 0);
		assert_int_equal(milliseconds, good[i].milliseconds);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(duration_parse(bad[i], &milliseconds), -1);
}

/* A number without a unit is told from what is no duration at all. */
static void missing_units_are_seen(void **state)
{
	(void)state;
	assert_true(duration_lacks_unit("30"));
	assert_true(duration_lacks_unit("1h30"));
	assert_false(duration_lacks_unit("30m"));
	assert_false(duration_lacks_unit("1h30m"));
	assert_false(duration_lacks_unit("x30"));
	assert_false(duration_lacks_unit("1x30"));
	assert_false(duration_lacks_unit(""));
	assert_false(duration_lacks_unit("99999999999999999999"));
}

static void durations_are_written_exactly(void **state)
{
	static const struct {
		int64_t milliseconds;
		const char *text;
	} table[] = {{0, "0s"},      {250, "250ms"},     {1500, "1500ms"},  {20000, "20s"},
	             {60000, "1m"},  {5400000, "90m"},   {28800000, "8h"},  {86400000, "24h"},
	             {90000, "90s"}, {172800000, "48h"}, {259200000, "3d"}, {604800000, "7d"}};
	char text[DURATION_TEXT_SIZE];
	int64_t back;

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		duration_write(text, sizeof text, table[i].milliseconds);
		assert_string_equal(text, table[i].text);
		assert_int_equal(duration_parse(text, &back), 0);
		assert_int_equal(back, table[i].milliseconds);
	}
}

static void durations_are_written(void **state)
{
	static const struct {
		int64_t milliseconds;
		const char *text;
	} table[] = {{0, "0s"}, {59999, "59s"}, {60000, "1m"}, {11100000, "3h 05m"}, {187200000, "2d 04h"}};
	char text[DURATION_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		duration_format(text, sizeof text, table[i].milliseconds);
		assert_string_equal(text, table[i].text);
	}
}

/* Reference values from date(1): date -u -d '…' +%s */
static void times_are_read_and_written(void **state)
{
	static const struct {
		const char *text;
		int64_t when;
		const char *canonical;
	} good[] = {
	    {"1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00.000Z"},
	    {"2026-11-21T03:04:05.678Z", 1795230245678, "2026-11-21T03:04:05.678Z"},
	    {"2026-11-21T03:04:05.6789999+01:30", 1795224845678, "2026-11-21T01:34:05.678Z"},
	    {"2024-02-29T23:59:59Z", 1709251199000, "2024-02-29T23:59:59.000Z"},
	    {"1969-12-31T23:59:59.500Z", -500, "1969-12-31T23:59:59.500Z"},
	    /* what no time_t of 32 bits holds: how Windows and OLE write "never", and after January 2038 */
	    {"0001-01-01T00:00:00Z", -62135596800000, "0001-01-01T00:00:00.000Z"},
	    {"1601-01-01T00:00:00Z", -11644473600000, "1601-01-01T00:00:00.000Z"},
	    {"1899-12-30T00:00:00Z", -2209161600000, "1899-12-30T00:00:00.000Z"},
	    {"1900-02-28T00:00:00Z", -2203977600000, "1900-02-28T00:00:00.000Z"},
	    {"2000-02-29T12:00:00Z", 951825600000, "2000-02-29T12:00:00.000Z"},
	    {"2038-01-19T03:14:08Z", 2147483648000, "2038-01-19T03:14:08.000Z"},
	    {"2039-01-01T00:00:00Z", 2177452800000, "2039-01-01T00:00:00.000Z"},
	    {"9999-12-31T23:59:59.999Z", 253402300799999, "9999-12-31T23:59:59.999Z"},
	};
	static const char *const bad[] = {"",
	                                  "2026-11-21",
	                                  "2026-11-21T03:04:05",
	                                  "2026-02-30T00:00:00Z",
	                                  "2026-13-01T00:00:00Z",
	                                  "2026-00-01T00:00:00Z",
	                                  "2026-11-00T00:00:00Z",
	                                  "2026-11-31T00:00:00Z",
	                                  "2025-02-29T00:00:00Z",
	                                  "1900-02-29T00:00:00Z",
	                                  "0000-01-01T00:00:00Z",
	                                  "2026-11-21T03:04:60Z",
	                                  "2026-11-21T24:00:00Z",
	                                  "2026-11-21T03:04:05.Z",
	                                  "2026-11-21T03:04:05Zx",
	                                  "2026-11-21T03:04:05+0100"};
	char text[TIME_TEXT_SIZE];
	int64_t when;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_int_equal(time_parse(good[i].text, &when), 0);
		assert_int_equal(when, good[i].when);
		time_format(text, sizeof text, when);
		assert_string_equal(text, good[i].canonical);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(time_parse(bad[i], &when), -1);
}

/* Every day of 801 years, by the library; of 136 where its time_t has 32 bits. */
static void each_day_is_the_calendars(void **state)
{
	const bool wide = sizeof(time_t) >= sizeof(int64_t);
	const int64_t first = wide ? -14831769600 : INT32_MIN, last = wide ? 10445587200 : INT32_MAX;

	(void)state;
	for (int64_t at = first; at < last; at += 86400 - 1) {
		const time_t seconds = (time_t)at;
		struct calendar_time time;
		struct tm tm;

		assert_int_equal(time_split(&time, at * 1000 + 999), 0);
		assert_non_null(gmtime_r(&seconds, &tm));
		assert_int_equal(time.year, tm.tm_year + 1900);
		assert_int_equal(time.month, tm.tm_mon + 1);
		assert_int_equal(time.day, tm.tm_mday);
		assert_int_equal(time.hour * 3600 + time.minute * 60 + time.second,
		                 tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec);
		assert_int_equal(time.millisecond, 999);
	}
}

static void noons_are_found(void **state)
{
	static const struct {
		const char *now;
		int64_t ahead; /* h */
		const char *noon;
	} cases[] = {
	    {"2026-11-21T12:00:00Z", 0, "2026-11-21T12:00:00Z"},
	    {"2026-11-21T11:59:59.999Z", 0, "2026-11-20T12:00:00Z"},
	    {"2026-11-21T11:00:00Z", 1, "2026-11-21T11:00:00Z"},
	    {"2026-11-22T05:30:00Z", 1, "2026-11-21T11:00:00Z"},
	    {"2026-11-21T19:59:00Z", -8, "2026-11-20T20:00:00Z"},
	    {"1969-12-31T23:00:00Z", 0, "1969-12-31T12:00:00Z"},
	    {"1969-12-31T03:00:00Z", 0, "1969-12-30T12:00:00Z"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t now, noon;

		assert_int_equal(time_parse(cases[i].now, &now), 0);
		assert_int_equal(time_parse(cases[i].noon, &noon), 0);
		assert_int_equal(noon_before(now, cases[i].ahead * 60 * 60 * 1000), noon);
	}
}

static void deadlines_pass(void **state)
{
	struct deadline past = deadline_in(-5), future = deadline_in(60000);

	(void)state;
	assert_true(deadline_passed(&past));
	assert_int_equal(deadline_left(&past), 0);
	assert_false(deadline_passed(&future));
	assert_true(deadline_left(&future) > 50000);
	assert_true(deadline_earlier(past, future).at == past.at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(durations_are_read),
	    cmocka_unit_test(missing_units_are_seen),
	    cmocka_unit_test(durations_are_written),
	    cmocka_unit_test(durations_are_written_exactly),
	    cmocka_unit_test(times_are_read_and_written),
	    cmocka_unit_test(each_day_is_the_calendars),
	    cmocka_unit_test(noons_are_found),
	    cmocka_unit_test(deadlines_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
