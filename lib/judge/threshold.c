/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/judge/threshold.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/nearest.h"

static const struct {
	const char *name;
	const char *unit;
} metrics[METRIC_COUNT] = {
    [METRIC_TOTAL] = {"total", ""},
    [METRIC_ACTIVE] = {"active", ""},
    [METRIC_IDLE] = {"idle", ""},
    [METRIC_DISCONNECTED] = {"disconnected", ""},
    [METRIC_IDLE_UNKNOWN] = {"idle_unknown", ""},
    [METRIC_OLDEST_IDLE] = {"oldest_idle", "s"},
    [METRIC_OLDEST_DISCONNECTED] = {"oldest_disconnected", "s"},
    [METRIC_UNREACHABLE] = {"unreachable", ""},
    [METRIC_SHELLS_PER_OWNER] = {"max_shells_per_owner", ""},
    [METRIC_WOULD_WARN] = {"would_warn", ""},
    [METRIC_WOULD_DISCONNECT] = {"would_disconnect", ""},
    [METRIC_WOULD_LOGOFF] = {"would_logoff", ""},
    [METRIC_OVERDUE] = {"overdue", ""},
};

const char *metric_name(enum metric metric)
{
	return metrics[metric].name;
}

const char *metric_unit(enum metric metric)
{
	return metrics[metric].unit;
}

bool metric_of_policy(enum metric metric)
{
	return metric >= METRIC_WOULD_WARN && metric <= METRIC_OVERDUE;
}

const char *verdict_name(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_OK:
		return "OK";
	case VERDICT_WARNING:
		return "WARNING";
	case VERDICT_CRITICAL:
		return "CRITICAL";
	case VERDICT_UNKNOWN:
		return "UNKNOWN";
	}
	return "?";
}

/* Reads one end of a range: a finite number.  0 or -1. */
typedef int end_parser(const char *text, double *end);

static const char *skip_digits(const char *text)
{
	while (isdigit((unsigned char)*text))
		text++;
	return text;
}

/* Checks for [+-]digits[.digits][e[+-]digits] with at least one digit before the exponent, because strtod() also
 * accepts "inf", "nan", "0x1p3" and leading blanks. */
static int number_end(const char *text, double *end)
{
	const char *p = text, *whole, *fraction;
	size_t digits;

	if (*p == '+' || *p == '-')
		p++;
	whole = p;
	p = skip_digits(p);
	digits = (size_t)(p - whole);
	if (*p == '.') {
		fraction = ++p;
		p = skip_digits(p);
		digits += (size_t)(p - fraction);
	}
	if (digits == 0)
		return -1;
	if (*p == 'e') {
		p++;
		if (*p == '+' || *p == '-')
			p++;
		if (!isdigit((unsigned char)*p))
			return -1;
		p = skip_digits(p);
	}
	if (*p != '\0')
		return -1;
	*end = strtod(text, NULL);
	return isfinite(*end) ? 0 : -1;
}

/* "4h", "1h30m" or a number of seconds. */
static int duration_end(const char *text, double *end)
{
	int64_t milliseconds;

	if (number_end(text, end) == 0)
		return 0;
	if (duration_parse(text, &milliseconds) < 0)
		return -1;
	*end = (double)milliseconds / 1000;
	return 0;
}

/* The longest text of one end. */
enum { LONGEST_END = 64 };

/* Reads one end of length bytes: a number or, at the start, '~'.  0 or -1. */
static int end_read(const char *text, size_t length, end_parser *parse, double *end)
{
	char copy[LONGEST_END];

	if (length >= sizeof copy)
		return -1;
	memcpy(copy, text, length);
	copy[length] = '\0';
	return parse(copy, end);
}

static int range_read(struct range *range, const char *text, end_parser *parse)
{
	const char *colon, *rest = text;

	*range = (struct range){.start = 0, .end = INFINITY};
	if (*rest == '@') {
		range->inside = true;
		rest++;
	}
	if ((colon = strchr(rest, ':')) != NULL) {
		size_t length = (size_t)(colon - rest);

		if (length == 1 && *rest == '~')
			range->start = -INFINITY;
		else if (length > 0 && end_read(rest, length, parse, &range->start) < 0)
			return -1;
		else if (length == 0 && colon[1] == '\0')
			return -1; /* ":" has no meaning */
		rest = colon + 1;
	}
	if ((colon == NULL || *rest != '\0') && end_read(rest, strlen(rest), parse, &range->end) < 0)
		return -1;
	return range->start <= range->end ? 0 : -1;
}

int range_parse(struct range *range, const char *text, struct error *error)
{
	if (range_read(range, text, number_end) == 0)
		return 0;
	error_set(error, ERROR_USAGE, STEP_NONE, "\"%.80s\" is not a range", text);
	return error_hint(error, "[@][start:][end], start at most end: 10, 10:, ~:10, 10:20, @10:20");
}

bool range_alerts(const struct range *range, double value)
{
	bool within = range->start <= value && value <= range->end;

	return within == range->inside;
}

static enum verdict judge(const struct range *warning, const struct range *critical, double value)
{
	if (critical != NULL && range_alerts(critical, value))
		return VERDICT_CRITICAL;
	if (warning != NULL && range_alerts(warning, value))
		return VERDICT_WARNING;
	return VERDICT_OK;
}

/* floor() without libm, which nothing else in a plugin needs. */
static double whole_below(double value)
{
	double whole;

	if (!(value > -9007199254740992.0 && value < 9007199254740992.0))
		return value; /* above 2^53 every double is a whole number */
	whole = (double)(int64_t)value;
	return whole > value ? whole - 1 : whole;
}

struct judgement range_judge(const struct range *warning, const struct range *critical, struct interval value)
{
	const struct range *const ranges[] = {warning, critical};
	enum verdict verdict = judge(warning, critical, value.low);
	struct judgement all = {verdict, verdict};
	double points[1 + 2 * 2 * 2];
	size_t count = 0;

	/* The verdict changes only at the ends of the ranges.  So these values are enough: the interval's ends, the
	 * ranges' ends, and the last whole number below each of those.  Every stretch between two ends contains one
	 * of them. */
	points[count++] = value.high;
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
		if (ranges[i] == NULL)
			continue;
		for (int side = 0; side < 2; side++) {
			double end = side == 0 ? ranges[i]->start : ranges[i]->end;

			points[count++] = whole_below(end);
			points[count++] = -whole_below(-end) - 1;
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (points[i] < value.low || points[i] > value.high)
			continue;
		verdict = judge(warning, critical, points[i]);
		if (verdict < all.mildest)
			all.mildest = verdict;
		if (verdict > all.gravest)
			all.gravest = verdict;
	}
	return all;
}

struct judgement judgement_join(struct judgement a, struct judgement b)
{
	return (struct judgement){
	    .mildest = a.mildest > b.mildest ? a.mildest : b.mildest,
	    .gravest = a.gravest > b.gravest ? a.gravest : b.gravest,
	};
}

enum verdict judgement_verdict(struct judgement judgement)
{
	return judgement.mildest == judgement.gravest ? judgement.mildest : VERDICT_UNKNOWN;
}

/* The metric of "METRIC=RANGE"; *range is the part behind '='.  A bare RANGE is for total. */
static int metric_split(const char *argument, enum metric *metric, const char **range, struct error *error)
{
	const char *equals = strchr(argument, '=');
	struct buffer names = {0};
	struct nearest nearest;
	size_t length;

	*metric = METRIC_TOTAL;
	*range = argument;
	if (equals == NULL)
		return 0;
	length = (size_t)(equals - argument);
	*range = equals + 1;
	for (int i = 0; i < METRIC_COUNT; i++)
		if (strlen(metrics[i].name) == length && strncmp(metrics[i].name, argument, length) == 0) {
			*metric = (enum metric)i;
			return 0;
		}
	nearest = nearest_to(argument, length);
	for (int i = 0; i < METRIC_COUNT; i++) {
		buffer_printf(&names, "%s%s", i > 0 ? ", " : "", metrics[i].name);
		nearest_offer(&nearest, metrics[i].name);
	}
	error_set(error, ERROR_USAGE, STEP_NONE, "there is no metric \"%.*s\"", (int)(length < 60 ? length : 60),
	          argument);
	if (nearest.best != NULL)
		error_hint(error, "did you mean %s?", nearest.best);
	else
		error_hint(error, "one of %s", buffer_text(&names));
	buffer_free(&names);
	return -1;
}

/* Writes one end as a plain number for perfdata, or for people: 28800 is "8h". */
static const char *end_text(double end, bool lasting, struct arena *arena)
{
	char text[DURATION_TEXT_SIZE];
	double milliseconds = end * 1000;

	if (!lasting || milliseconds < 0 || milliseconds > 4e12 || milliseconds != whole_below(milliseconds))
		return arena_printf(arena, "%.15g", end);
	duration_write(text, sizeof text, (int64_t)milliseconds);
	return arena_strdup(arena, text);
}

/* "@30m:8h" is "@1800:28800", or "@30m:8h" if lasting. */
static const char *range_text(const struct range *range, bool lasting, struct arena *arena)
{
	const char *at = range->inside ? "@" : "", *start = "", *end = "";

	if (isinf(range->start))
		start = "~:";
	else if (range->start != 0 || isinf(range->end))
		start = arena_printf(arena, "%s:", end_text(range->start, lasting, arena));
	if (!isinf(range->end))
		end = end_text(range->end, lasting, arena);
	return arena_printf(arena, "%s%s%s", at, start, end);
}

int thresholds_add(struct thresholds *thresholds, enum verdict level, const char *argument, struct arena *arena,
                   struct error *error)
{
	bool critical = level == VERDICT_CRITICAL, lasting;
	const char *text;
	struct range range;
	enum metric metric;

	if (metric_split(argument, &metric, &text, error) < 0)
		return -1;
	lasting = metrics[metric].unit[0] != '\0';
	if (range_read(&range, text, lasting ? duration_end : number_end) < 0) {
		error_set(error, ERROR_USAGE, STEP_NONE, "%s: \"%.80s\" is not a range", metrics[metric].name, text);
		return error_hint(error, "[@][start:][end], start at most end: %s",
		                  lasting ? "4h, 30m:, ~:4h, 30m:8h, @30m:8h" : "10, 10:, ~:10, 10:20, @10:20");
	}
	if (critical ? thresholds->metrics[metric].has_critical : thresholds->metrics[metric].has_warning)
		return error_set(error, ERROR_USAGE, STEP_NONE, "%s has two %s ranges", metrics[metric].name,
		                 critical ? "critical" : "warning");
	if (critical) {
		thresholds->metrics[metric].has_critical = true;
		thresholds->metrics[metric].critical = range;
		thresholds->metrics[metric].critical_text = range_text(&range, false, arena);
		thresholds->metrics[metric].critical_shown = range_text(&range, lasting, arena);
	} else {
		thresholds->metrics[metric].has_warning = true;
		thresholds->metrics[metric].warning = range;
		thresholds->metrics[metric].warning_text = range_text(&range, false, arena);
		thresholds->metrics[metric].warning_shown = range_text(&range, lasting, arena);
	}
	return 0;
}
