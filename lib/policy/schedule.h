/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Weekly windows on the clock of one time zone: "mon-fri 18:00-06:00, sat-sun 00:00-24:00, holiday 00:00-24:00".
 * Pure: the moment is an argument, and a zone is never changed once it is open.
 *
 * A window belongs to the day on which it begins.  On a holiday only the windows of the day "holiday" begin.
 *
 * Where the clock is changed, a window is one stretch of time, and never a longer one than it looks:
 * - a time that the clock shows twice is the second as a window's beginning, and as its end the first behind that;
 * - a time that the clock skips is the moment of the change.  A window that is skipped whole does not open.
 */
#ifndef CURFEW_SCHEDULE_H
#define CURFEW_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/policy/zone.h"

/* Days of the week from Monday, and the day that a holiday is. */
enum { DAY_MONDAY = 0, DAY_SUNDAY = 6, DAY_HOLIDAY = 7 };

struct weekly {
	uint8_t days;      /* 1 << day each */
	uint16_t from, to; /* minutes of the day, 0 to 1440; to <= from: it ends on the next day */
};

/* Days since 1970-01-01, first and last of a stretch. */
struct day_range {
	int64_t first, last;
};

struct schedule {
	struct weekly *windows;
	size_t count, allocated; /* 0 windows: open at all times */
};

struct holidays {
	struct day_range *ranges;
	size_t count, allocated;
};

/* The number of days that are searched for the next opening. */
enum { SCHEDULE_AHEAD = 400 };

/* The state of a schedule at a moment.  Windows that touch count as one. */
struct opening {
	bool open;
	int64_t opened_at, closes_at; /* open: ms since the epoch, INT64_MIN and INT64_MAX without windows */
	bool again;                   /* there is a later opening */
	int64_t next_at;              /* of it */
};
/* zone and holidays: NULL is UTC and none. */
struct opening schedule_look(const struct schedule *schedule, const struct zone *zone, const struct holidays *holidays,
                             int64_t now);

/* One window, "mon-fri 18:00-06:00", "sat 00:00-24:00", "daily 22:00-05:00"; -1 with ERROR_CONFIG. */
int weekly_parse(struct schedule *schedule, const char *text, struct arena *arena, struct error *error);
/* A line of a file of holidays: "2026-12-24" or "2026-12-24..2027-01-01"; -1 with ERROR_CONFIG. */
int holiday_parse(struct holidays *holidays, const char *text, struct arena *arena, struct error *error);

#endif
