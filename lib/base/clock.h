/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Time.  All times are milliseconds in an int64_t: wall-clock times since
 * 1970-01-01T00:00:00Z, deadlines on CLOCK_MONOTONIC.  Only the edges of the
 * program read a clock; the core gets "now" as an argument.
 */
#ifndef CURFEW_CLOCK_H
#define CURFEW_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A moment on the monotonic clock by which something must have happened. */
struct deadline {
	int64_t at;
};

int64_t clock_now(void);       /* wall clock, ms since the epoch */
int64_t clock_monotonic(void); /* ms since some point in the past */
int64_t clock_boot(void);      /* the same, of a clock that goes on while the machine sleeps; processes share it */

struct deadline deadline_in(int64_t milliseconds);
struct deadline deadline_earlier(struct deadline a, struct deadline b);
int64_t deadline_left(const struct deadline *deadline); /* ms, never below 0 */
bool deadline_passed(const struct deadline *deadline);

/* A time in UTC by the calendar.  It does not depend on the width of time_t. */
struct calendar_time {
	int year, month, day; /* from 1 */
	int hour, minute, second, millisecond;
};
/* Returns 0, or -1 for a time before the year 1 or after 9999. */
int time_split(struct calendar_time *time, int64_t when);

/* The last noon, at this moment or before it, on a clock that is so far (ms) ahead of UTC. */
int64_t noon_before(int64_t now, int64_t ahead);
int64_t noon_here(int64_t now); /* on the clock of this machine (TZ, /etc/localtime) */

/* RFC 3339 in UTC with milliseconds, "2026-11-21T03:04:05.678Z".  size >= TIME_TEXT_SIZE.  -1 for a time that has no
 * such form, see time_split(): the text is the beginning of 1970 then. */
enum { TIME_TEXT_SIZE = 32 };
int time_format(char *text, size_t size, int64_t when);
/* Reads "…Z" and "…+hh:mm", with or without a fraction.  Returns 0 or -1. */
int time_parse(const char *text, int64_t *when);

/* Reads a duration: "90s", "30m", "4h", "2d", "1h30m", "250ms".  A bare number is seconds.  "1h30" is refused,
 * because it could mean minutes or seconds.  Returns 0, or -1 for anything else, for a negative one and for more
 * than 100 years. */
int duration_parse(const char *text, int64_t *milliseconds);
/* True if the text is a duration whose last number has no unit: "30", "1h30". */
bool duration_lacks_unit(const char *text);
/* Writes a duration in one unit, so that duration_parse() reads it back: "20s", "90m", "48h", "3d". */
void duration_write(char *text, size_t size, int64_t milliseconds);
/* Writes the two largest units: "45s", "12m", "3h 05m", "2d 04h".  size >= DURATION_TEXT_SIZE. */
enum { DURATION_TEXT_SIZE = 24 };
void duration_format(char *text, size_t size, int64_t milliseconds);

#endif
