/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/policy/schedule.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/policy/zone.h"

static const int64_t MINUTE = 60 * 1000, DAY = 24 * 60 * 60 * 1000;

/* How many days a chain of touching windows is followed back. */
enum { CHAIN_DAYS = 9 };

struct calendar {
	const struct schedule *schedule;
	const struct zone *zone;
	const struct holidays *holidays;
};

/* A stretch of time, empty if to <= from. */
struct stretch {
	int64_t from, to;
};

static int64_t floor_divide(int64_t value, int64_t by)
{
	return value / by - (value % by < 0);
}

static int64_t offset_at(const struct calendar *calendar, int64_t at)
{
	return calendar->zone != NULL ? zone_offset(calendar->zone, at) : 0;
}

/* Finds the moment, to the millisecond, at which the clock was put forward between these two. */
static int64_t moment_of_change(const struct calendar *calendar, int64_t before, int64_t behind)
{
	int64_t offset = offset_at(calendar, behind);

	while (behind - before > 1) {
		int64_t middle = before + (behind - before) / 2;

		if (offset_at(calendar, middle) == offset)
			behind = middle;
		else
			before = middle;
	}
	return behind;
}

/* The moments at which the zone's clock shows this time: one; two if the clock is put back; if it skips the time, the
 * moment of the change.  No zone changes its clock twice within two days. */
static struct stretch moments_of(const struct calendar *calendar, int64_t local)
{
	int64_t early = offset_at(calendar, local - DAY), late = offset_at(calendar, local + DAY);
	bool by_early = offset_at(calendar, local - early) == early;
	bool by_late = offset_at(calendar, local - late) == late;

	if (by_early && by_late)
		return (struct stretch){local - early, local - late};
	if (by_early)
		return (struct stretch){local - early, local - early};
	if (by_late)
		return (struct stretch){local - late, local - late};
	late = moment_of_change(calendar, local - DAY - early, local + DAY - late);
	return (struct stretch){late, late};
}

static bool is_holiday(const struct holidays *holidays, int64_t day)
{
	for (size_t i = 0; holidays != NULL && i < holidays->count; i++)
		if (day >= holidays->ranges[i].first && day <= holidays->ranges[i].last)
			return true;
	return false;
}

/* The window that begins on this day; empty if none does. */
static struct stretch window_on(const struct calendar *calendar, const struct weekly *window, int64_t day)
{
	int64_t weekday = (day + 3) - 7 * floor_divide(day + 3, 7); /* 1970-01-01 was a Thursday */
	int64_t midnight = day * DAY;
	struct stretch from, to;

	if (is_holiday(calendar->holidays, day))
		weekday = DAY_HOLIDAY;
	if ((window->days & 1u << weekday) == 0)
		return (struct stretch){0, 0};
	from = moments_of(calendar, midnight + window->from * MINUTE);
	to = moments_of(calendar, midnight + window->to * MINUTE + (window->to <= window->from ? DAY : 0));
	return (struct stretch){from.to, to.from > from.to ? to.from : to.to};
}

/* Extends the stretch by each window of the days around that touches it.  False: none did. */
static bool chain(const struct calendar *calendar, int64_t today, struct stretch *open)
{
	bool grown = false;

	for (int64_t day = today - CHAIN_DAYS; day <= today + CHAIN_DAYS; day++) {
		for (size_t i = 0; i < calendar->schedule->count; i++) {
			struct stretch window = window_on(calendar, &calendar->schedule->windows[i], day);

			if (window.to <= window.from || window.from > open->to || window.to < open->from)
				continue;
			if (window.from < open->from) {
				open->from = window.from;
				grown = true;
			}
			if (window.to > open->to) {
				open->to = window.to;
				grown = true;
			}
		}
	}
	return grown;
}

static bool window_with(const struct calendar *calendar, int64_t today, int64_t now, struct stretch *open)
{
	/* A window lasts two days at most: it begins on its day, and ends on that or the next. */
	for (int64_t day = today - 2; day <= today + 1; day++) {
		for (size_t i = 0; i < calendar->schedule->count; i++) {
			*open = window_on(calendar, &calendar->schedule->windows[i], day);
			if (now >= open->from && now < open->to)
				return true;
		}
	}
	return false;
}

/* The first window that begins after this moment. */
static bool window_after(const struct calendar *calendar, int64_t today, int64_t after, int64_t *at)
{
	bool found = false;

	for (int64_t day = today - 1; day <= today + SCHEDULE_AHEAD && !found; day++) {
		for (size_t i = 0; i < calendar->schedule->count; i++) {
			struct stretch window = window_on(calendar, &calendar->schedule->windows[i], day);

			if (window.to <= window.from || window.from <= after || (found && window.from >= *at))
				continue;
			*at = window.from;
			found = true;
		}
	}
	return found;
}

struct opening schedule_look(const struct schedule *schedule, const struct zone *zone, const struct holidays *holidays,
                             int64_t now)
{
	struct calendar calendar = {schedule, zone, holidays};
	int64_t today = floor_divide(now + offset_at(&calendar, now), DAY);
	struct opening opening = {0};
	struct stretch open;

	if (schedule->count == 0)
		return (struct opening){.open = true, .opened_at = INT64_MIN, .closes_at = INT64_MAX};
	if (window_with(&calendar, today, now, &open)) {
		while (chain(&calendar, today, &open))
			;
		opening.open = true;
		opening.opened_at = open.from;
		opening.closes_at = open.to;
	}
	opening.again = window_after(&calendar, today, opening.open ? opening.closes_at : now, &opening.next_at);
	return opening;
}
