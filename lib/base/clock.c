/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/clock.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

/* 0001-01-01 and 10000-01-01: a time outside of this range is not written. */
static const int64_t YEAR_1 = INT64_C(-719162) * DAY, YEAR_10000 = INT64_C(2932897) * DAY;

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

int64_t clock_boot(void)
{
	return read_clock(CLOCK_BOOTTIME);
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

static int64_t ahead_here(int64_t at)
{
	const time_t seconds = (time_t)(at / SECOND);
	struct tm tm;

	return localtime_r(&seconds, &tm) != NULL ? (int64_t)tm.tm_gmtoff * SECOND : 0;
}

int64_t noon_before(int64_t now, int64_t ahead)
{
	const int64_t since_noon = (now + ahead - DAY / 2) % DAY;

	return now - (since_noon < 0 ? since_noon + DAY : since_noon);
}

/* In the night before, that clock may have been changed. */
int64_t noon_here(int64_t now)
{
	int64_t ahead = ahead_here(now), noon = noon_before(now, ahead);

	return noon + ahead - ahead_here(noon);
}

/* The calendar is computed here, not by gmtime() and timegm(): with a 32-bit time_t those have no year 1601 or 2039,
 * and return -1, which is a valid time, too.  Days count from 0000-03-01, so that a leap day is the last of its year
 * (E. G. Richards, "Mapping Time", 1998). */
enum { DAYS_TO_EPOCH = 719468, DAYS_IN_400_YEARS = 146097 };

static int64_t days_of(int64_t year, int month, int day)
{
	const int64_t years = year - (month <= 2), months = (month + 9) % 12; /* since March */

	return years * 365 + years / 4 - years / 100 + years / 400 + (153 * months + 2) / 5 + day - 1 - DAYS_TO_EPOCH;
}

static int month_length(int64_t year, int month)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return lengths[month - 1] + (month == 2 && leap);
}

int time_split(struct calendar_time *time, int64_t when)
{
	int64_t days, rest, cycle, day, years, months;

	if (when < YEAR_1 || when >= YEAR_10000)
		return -1;
	days = when / DAY - (when % DAY < 0);
	rest = when - days * DAY;
	cycle = (days + DAYS_TO_EPOCH) / DAYS_IN_400_YEARS;
	day = (days + DAYS_TO_EPOCH) % DAYS_IN_400_YEARS;
	years = (day - day / 1460 + day / 36524 - day / (DAYS_IN_400_YEARS - 1)) / 365;
	day -= years * 365 + years / 4 - years / 100;
	months = (5 * day + 2) / 153;
	time->month = (int)(months < 10 ? months + 3 : months - 9);
	time->year = (int)(cycle * 400 + years + (time->month <= 2));
	time->day = (int)(day - (153 * months + 2) / 5 + 1);
	time->hour = (int)(rest / HOUR);
	time->minute = (int)(rest % HOUR / MINUTE);
	time->second = (int)(rest % MINUTE / SECOND);
	time->millisecond = (int)(rest % SECOND);
	return 0;
}

/* The number in so many digits, and the character after them.  Returns where the text goes on. */
static char *put(char *to, int number, int width, char after)
{
	for (int i = width; i-- > 0; number /= 10)
		to[i] = (char)('0' + number % 10);
	to[width] = after;
	return to + width + 1;
}

/* Not by snprintf(): each session in the JSON between worker and parent has four times. */
int time_format(char *text, size_t size, int64_t when)
{
	struct calendar_time time;
	char whole[TIME_TEXT_SIZE], *to = whole;

	if (time_split(&time, when) < 0) {
		snprintf(text, size, "1970-01-01T00:00:00.000Z");
		return -1;
	}
	to = put(to, time.year, 4, '-');
	to = put(to, time.month, 2, '-');
	to = put(to, time.day, 2, 'T');
	to = put(to, time.hour, 2, ':');
	to = put(to, time.minute, 2, ':');
	to = put(to, time.second, 2, '.');
	to = put(to, time.millisecond, 3, 'Z');
	*to = '\0';
	snprintf(text, size, "%s", whole);
	return 0;
}

/* Reads exactly count digits at *text and moves past them.  -1 if there are fewer. */
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
	struct calendar_time time;
	int zone;

	if ((time.year = digits(&text, 4)) < 0 || separator(&text, '-') < 0 || (time.month = digits(&text, 2)) < 0 ||
	    separator(&text, '-') < 0 || (time.day = digits(&text, 2)) < 0 || separator(&text, 'T') < 0 ||
	    (time.hour = digits(&text, 2)) < 0 || separator(&text, ':') < 0 || (time.minute = digits(&text, 2)) < 0 ||
	    separator(&text, ':') < 0 || (time.second = digits(&text, 2)) < 0 ||
	    (time.millisecond = fraction_parse(&text)) < 0 || zone_parse(text, &zone) < 0)
		return -1;
	if (time.year < 1 || time.month < 1 || time.month > 12 || time.day < 1 ||
	    time.day > month_length(time.year, time.month) || time.hour > 23 || time.minute > 59 || time.second > 59)
		return -1;
	*when = days_of(time.year, time.month, time.day) * DAY + (int64_t)time.hour * HOUR +
	        ((int64_t)time.minute - zone) * MINUTE + (int64_t)time.second * SECOND + time.millisecond;
	return 0;
}

static const int64_t LONGEST = (int64_t)36525 * DAY; /* 100 years */

/* Returns the length of the unit at *text and moves past it; 0 if there is no unit. */
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

/* Reads numbers with units.  *bare: the last number has no unit, and was read as seconds. */
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
	/* Up to two days are written in hours ("48h"). */
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
