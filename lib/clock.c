/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/clock.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t read_clock(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_now(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t clock_monotonic(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

struct deadline deadline_in(int64_t milliseconds)
{
	return (struct deadline){clock_monotonic() + milliseconds};
}

struct deadline deadline_earlier(struct deadline a, struct deadline b)
{
	return a.at < b.at ? a : b;
}

int64_t deadline_left(const struct deadline *deadline)
{
	int64_t left = deadline->at - clock_monotonic();

	return left > 0 ? left : 0;
}

bool deadline_passed(const struct deadline *deadline)
{
	return deadline_left(deadline) == 0;
}

void time_format(char *text, size_t size, int64_t when)
{
	int64_t seconds = when / 1000, milliseconds = when % 1000;
	struct tm tm;
	time_t time;

	if (milliseconds < 0) {
		milliseconds += 1000;
		seconds--;
	}
	time = (time_t)seconds;
	if (gmtime_r(&time, &tm) == NULL || tm.tm_year < -1900 || tm.tm_year > 8099) {
		snprintf(text, size, "1970-01-01T00:00:00.000Z");
		return;
	}
	snprintf(text, size, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
	         tm.tm_hour, tm.tm_min, tm.tm_sec, (int)milliseconds);
}

/* Exactly count digits at *text; moves past them.  -1 if there are fewer. */
static int digits(const char **text, int count)
{
	int value = 0;

	for (int i = 0; i < count; i++, (*text)++) {
		if (!isdigit((unsigned char)**text))
			return -1;
		value = value * 10 + (**text - '0');
	}
	return value;
}

static int separator(const char **text, char wanted)
{
	return **text == wanted ? ((*text)++, 0) : -1;
}

/* "Z", "+hh:mm" or "-hh:mm" at the end of text: minutes east of UTC. */
static int zone_parse(const char *text, int *minutes)
{
	int sign, hour, minute;

	if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
		return *minutes = 0;
	if (*text != '+' && *text != '-')
		return -1;
	sign = *text++ == '-' ? -1 : 1;
	if ((hour = digits(&text, 2)) < 0 || hour > 23 || separator(&text, ':') < 0 ||
	    (minute = digits(&text, 2)) < 0 || minute > 59 || *text != '\0')
		return -1;
	*minutes = sign * (hour * 60 + minute);
	return 0;
}

/* ".123456" at *text, if there is one: milliseconds, further digits dropped. */
static int fraction_parse(const char **text)
{
	int milliseconds = 0, scale = 100;

	if (**text != '.')
		return 0;
	(*text)++;
	if (!isdigit((unsigned char)**text))
		return -1;
	for (; isdigit((unsigned char)**text); (*text)++, scale /= 10)
		milliseconds += (**text - '0') * scale;
	return milliseconds;
}

int time_parse(const char *text, int64_t *when)
{
	struct tm tm = {0}, check;
	int milliseconds, zone;
	time_t seconds;

	if ((tm.tm_year = digits(&text, 4)) < 0 || separator(&text, '-') < 0 || (tm.tm_mon = digits(&text, 2)) < 0 ||
	    separator(&text, '-') < 0 || (tm.tm_mday = digits(&text, 2)) < 0 || separator(&text, 'T') < 0 ||
	    (tm.tm_hour = digits(&text, 2)) < 0 || separator(&text, ':') < 0 || (tm.tm_min = digits(&text, 2)) < 0 ||
	    separator(&text, ':') < 0 || (tm.tm_sec = digits(&text, 2)) < 0 ||
	    (milliseconds = fraction_parse(&text)) < 0 || zone_parse(text, &zone) < 0)
		return -1;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	check = tm;
	seconds = timegm(&tm);
	/* timegm() turns February 30 into March 2; such a date is no date. */
	if (tm.tm_mday != check.tm_mday || tm.tm_mon != check.tm_mon || tm.tm_hour != check.tm_hour ||
	    tm.tm_min != check.tm_min || tm.tm_sec != check.tm_sec)
		return -1;
	*when = ((int64_t)seconds - zone * 60) * 1000 + milliseconds;
	return 0;
}

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR };
static const int64_t LONGEST = (int64_t)36525 * DAY; /* 100 years */

/* The length of the unit at *text, and past it; 0: there is none. */
static int64_t unit_parse(const char **text)
{
	static const struct {
		const char *name;
		int64_t length;
	} units[] = {{"ms", 1}, {"s", SECOND}, {"m", MINUTE}, {"h", HOUR}, {"d", DAY}, {"w", (int64_t)7 * DAY}};

	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		size_t length = strlen(units[i].name);

		if (strncmp(*text, units[i].name, length) == 0) {
			*text += length;
			return units[i].length;
		}
	}
	return 0;
}

/* Numbers with units.  *bare: the last one has none, and counts as seconds. */
static int duration_read(const char *text, int64_t *milliseconds, bool *bare)
{
	int64_t sum = 0;

	if (*text == '\0')
		return -1;
	*bare = false;
	while (*text != '\0') {
		int64_t number = 0, unit;

		if (!isdigit((unsigned char)*text))
			return -1;
		for (; isdigit((unsigned char)*text); text++)
			if ((number = number * 10 + (*text - '0')) > LONGEST)
				return -1;
		if ((*bare = *text == '\0'))
			unit = SECOND;
		else if ((unit = unit_parse(&text)) == 0)
			return -1;
		if (number > LONGEST / unit || (sum += number * unit) > LONGEST)
			return -1;
	}
	*milliseconds = sum;
	return 0;
}

int duration_parse(const char *text, int64_t *milliseconds)
{
	int64_t read;
	bool bare;

	if (duration_read(text, &read, &bare) < 0 || (bare && text[strspn(text, "0123456789")] != '\0'))
		return -1;
	*milliseconds = read;
	return 0;
}

bool duration_lacks_unit(const char *text)
{
	int64_t read;
	bool bare;

	return duration_read(text, &read, &bare) == 0 && bare;
}

void duration_write(char *text, size_t size, int64_t milliseconds)
{
	/* Up to two days in hours, as people say "48h". */
	if (milliseconds > 2 * (int64_t)DAY && milliseconds % DAY == 0)
		snprintf(text, size, "%" PRId64 "d", milliseconds / DAY);
	else if (milliseconds > 0 && milliseconds % HOUR == 0)
		snprintf(text, size, "%" PRId64 "h", milliseconds / HOUR);
	else if (milliseconds > 0 && milliseconds % MINUTE == 0)
		snprintf(text, size, "%" PRId64 "m", milliseconds / MINUTE);
	else if (milliseconds % SECOND == 0)
		snprintf(text, size, "%" PRId64 "s", milliseconds / SECOND);
	else
		snprintf(text, size, "%" PRId64 "ms", milliseconds);
}

void duration_format(char *text, size_t size, int64_t milliseconds)
{
	long long seconds = milliseconds / SECOND, minutes = seconds / 60, hours = minutes / 60, days = hours / 24;

	if (minutes == 0)
		snprintf(text, size, "%llds", seconds);
	else if (hours == 0)
		snprintf(text, size, "%lldm", minutes);
	else if (days == 0)
		snprintf(text, size, "%lldh %02lldm", hours, minutes % 60);
	else
		snprintf(text, size, "%lldd %02lldh", days, hours % 24);
}
