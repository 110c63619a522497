/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ranges of the Monitoring Plugins Development Guidelines ("Threshold and Ranges"): 10, 10:, ~:10, 10:20, @10:20.
 * Pure.  A value that is not known exactly is an interval; the verdict on it is the set of verdicts that its values
 * would get.
 */
#ifndef CURFEW_THRESHOLD_H
#define CURFEW_THRESHOLD_H

#include <stdbool.h>

#include "lib/base/error.h"

enum verdict { VERDICT_OK = 0, VERDICT_WARNING = 1, VERDICT_CRITICAL = 2, VERDICT_UNKNOWN = 3 }; /* exit codes */
const char *verdict_name(enum verdict verdict);

struct range {
	double start, end; /* may be -INFINITY, INFINITY */
	bool inside;       /* '@': alert inside, ends included; else alert outside */
};
int range_parse(struct range *range, const char *text, struct error *error);
bool range_alerts(const struct range *range, double value);

/* Any whole number from low to high; high may be INFINITY.  Every metric is a whole number: sessions, targets,
 * seconds. */
struct interval {
	double low, high;
};

/* The mildest and the gravest verdict that a whole number of the interval can get. */
struct judgement {
	enum verdict mildest, gravest; /* never VERDICT_UNKNOWN */
};
/* A NULL range never alerts. */
struct judgement range_judge(const struct range *warning, const struct range *critical, struct interval value);
/* Joins the verdicts of several metrics: the gravest of the mildest, and the gravest of the gravest. */
struct judgement judgement_join(struct judgement a, struct judgement b);
/* The verdict if both are equal, else VERDICT_UNKNOWN. */
enum verdict judgement_verdict(struct judgement judgement);

/* -w/-c arguments: "METRIC=RANGE" or "RANGE" (total).  Time metrics (oldest_*) take durations as
   ends ("4h", "30m:8h"); their unit is seconds. */
enum metric {
	METRIC_TOTAL,
	METRIC_ACTIVE,
	METRIC_IDLE,
	METRIC_DISCONNECTED,
	METRIC_IDLE_UNKNOWN,
	METRIC_OLDEST_IDLE,
	METRIC_OLDEST_DISCONNECTED,
	METRIC_UNREACHABLE,
	METRIC_SHELLS_PER_OWNER,
	METRIC_WOULD_WARN, /* from here to overdue: metrics of the policies (--policy) */
	METRIC_WOULD_DISCONNECT,
	METRIC_WOULD_LOGOFF,
	METRIC_OVERDUE,
	METRIC_COUNT
};
const char *metric_name(enum metric metric);
const char *metric_unit(enum metric metric); /* "" or "s" */
bool metric_of_policy(enum metric metric);

struct thresholds {
	struct {
		bool has_warning, has_critical;
		struct range warning, critical;
		const char *warning_text, *critical_text;   /* for perfdata: numbers, in the metric's unit */
		const char *warning_shown, *critical_shown; /* for people: times with their units */
	} metrics[METRIC_COUNT];
};
struct arena;
int thresholds_add(struct thresholds *thresholds, enum verdict level, const char *argument, struct arena *arena,
                   struct error *error);

#endif
