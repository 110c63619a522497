/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/policy/schedule.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"

static const char *const day_names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"};
enum { DAY_NAMES = sizeof day_names / sizeof *day_names, EVERY_WEEKDAY = 0x7f };

static int window_error(const char *text, const char *what, struct error *error)
{
	error_set(error, ERROR_CONFIG, STEP_NONE, "%s in '%.80s'", what, text);
	return error_hint(error, "write days and a time each, as in \"mon-fri 18:00-06:00\" or \"daily 22:00-24:00\"; "
	                         "days are mon to sun, daily, holiday");
}

/* The day that the text begins with; *text is then behind it. */
static int day_take(const char **text)
{
	for (int i = 0; i < DAY_NAMES; i++) {
		size_t length = strlen(day_names[i]);

		if (strncmp(*text, day_names[i], length) == 0 && isalpha((unsigned char)(*text)[length]) == 0) {
			*text += length;
			return i;
		}
	}
	return -1;
}

/* "mon-fri", "fri-mon", "sat", "daily", "holiday". */
static int days_take(const char **text, uint8_t *days)
{
	static const char daily[] = "daily";
	int first, last;

	*days = 0;
	if (strncmp(*text, daily, sizeof daily - 1) == 0) {
		*text += sizeof daily - 1;
		*days = EVERY_WEEKDAY;
		return 0;
	}
	first = last = day_take(text);
	if (first >= 0 && **text == '-') {
		(*text)++;
		last = day_take(text);
		if (last == DAY_HOLIDAY || first == DAY_HOLIDAY)
			return -1;
	}
	if (first < 0 || last < 0)
		return -1;
	for (int day = first;; day = (day + 1) % 7) {
		*days |= (uint8_t)(1u << day);
		if (day == last)
			return 0;
	}
}

static bool two_digits(const char *text, unsigned *number)
{
	if (isdigit((unsigned char)text[0]) == 0 || isdigit((unsigned char)text[1]) == 0)
		return false;
	*number = (unsigned)(text[0] - '0') * 10 + (unsigned)(text[1] - '0');
	return true;
}

/* "18:00", up to "24:00". */
static int clock_take(const char **text, uint16_t *minutes)
{
	unsigned hour, minute;

	if (!two_digits(*text, &hour) || (*text)[2] != ':' || !two_digits(*text + 3, &minute) || minute > 59 ||
	    hour * 60 + minute > 24 * 60)
		return -1;
	*minutes = (uint16_t)(hour * 60 + minute);
	*text += 5;
	return 0;
}

int weekly_parse(struct schedule *schedule, const char *text, struct arena *arena, struct error *error)
{
	const char *rest = text;
	struct weekly window;

	if (days_take(&rest, &window.days) < 0)
		return window_error(text, "no days", error);
	if (*rest != ' ')
		return window_error(text, "no blank between days and time", error);
	rest += strspn(rest, " ");
	if (clock_take(&rest, &window.from) < 0 || *rest++ != '-' || clock_take(&rest, &window.to) < 0)
		return window_error(text, "no time from hh:mm to hh:mm", error);
	if (*rest != '\0')
		return window_error(text, "more than one window", error);
	if (window.from == 24 * 60)
		return window_error(text, "a beginning at 24:00, which is 00:00 of the next day,", error);
	/* A whole day, or nothing?  The wrong one ends everybody. */
	if (window.from == window.to)
		return window_error(text, "a window that ends when it begins (a whole day is 00:00-24:00)", error);
	schedule->windows = arena_grow(arena, schedule->windows, schedule->count, &schedule->allocated, sizeof window);
	schedule->windows[schedule->count++] = window;
	return 0;
}

/* "2026-12-24" to days since 1970-01-01. */
static int date_take(const char **text, int64_t *day)
{
	char moment[] = "yyyy-mm-ddT00:00:00Z";
	int64_t at;

	if (strlen(*text) < 10)
		return -1;
	memcpy(moment, *text, 10);
	if (time_parse(moment, &at) < 0)
		return -1;
	*day = at / ((int64_t)24 * 60 * 60 * 1000) - (at < 0);
	*text += 10;
	return 0;
}

int holiday_parse(struct holidays *holidays, const char *text, struct arena *arena, struct error *error)
{
	const char *rest = text;
	struct day_range range;

	if (date_take(&rest, &range.first) < 0)
		goto bad;
	range.last = range.first;
	if (strncmp(rest, "..", 2) == 0) {
		rest += 2;
		if (date_take(&rest, &range.last) < 0)
			goto bad;
	}
	if (*rest != '\0' || range.last < range.first)
		goto bad;
	holidays->ranges = arena_grow(arena, holidays->ranges, holidays->count, &holidays->allocated, sizeof range);
	holidays->ranges[holidays->count++] = range;
	return 0;
bad:
	error_set(error, ERROR_CONFIG, STEP_NONE, "no date or range of dates: '%.60s'", text);
	return error_hint(error, "write \"2026-12-24\" or \"2026-12-24..2027-01-01\", one a line");
}
