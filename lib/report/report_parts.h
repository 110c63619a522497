/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the report share; nobody else includes this. */
#ifndef CURFEW_REPORT_PARTS_H
#define CURFEW_REPORT_PARTS_H

#include "lib/report/report.h"

#include <stdbool.h>
#include <stdint.h>

#include "lib/judge/threshold.h"

/* A metric of one target's or of all targets' counts; answered: has anybody said anything? */
struct report_metric metric_of(enum metric metric, const struct counts *counts, struct undecided undecided,
                               bool answered);

/* Metrics of one kind of target only are shown if there is such a target or a range for them, so that the
   labels of all others stay as they are. */
bool metric_shown(const struct report *report, enum metric metric);

/* A clock that differs by more than this is worth a line. */
enum { SKEW_LIMIT = 2 * 60 * 1000 };                     /* ms */
int64_t report_skew(const struct report_target *target); /* ms that the host's clock is ahead; 0 if unreachable */

/* The first line without verdict and performance data.  Returns whether the counts had to be
   shortened to fit. */
bool report_headline(const struct report *report, struct buffer *out);
/* "20 sessions: 12 active (3 idle), 8 disconnected" */
void report_counts_text(const struct report *report, struct buffer *out);
void report_perfdata(const struct report *report, struct buffer *out);
/* There are several targets, and too many for the figures of each. */
bool report_targets_left_out(const struct report *report);
/* The sessions, longest idle first: lines, each with its '\n'. */
void report_sessions(const struct report *report, struct buffer *out);
/* What the policies say: the sums, the overdue, what comes within the hour; with --explain all. */
void report_policies(const struct report *report, struct buffer *out);
/* A line for each exclusion that means nobody in whole lists: it may be spelled wrongly. */
void report_exclusions(const struct report *report, struct buffer *out);
/* Lines about each target's steps (--diagnose). */
void report_diagnosis(const struct report *report, struct buffer *out);
/* "3 to 7", "3 or more", "3"; times as durations. */
void report_interval(enum metric metric, struct interval interval, struct buffer *out);

#endif
