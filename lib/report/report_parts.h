/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Declarations shared by the files of the report; not for other files. */
#ifndef CURFEW_REPORT_PARTS_H
#define CURFEW_REPORT_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/buffer.h"
#include "lib/judge/classify.h"
#include "lib/judge/threshold.h"

struct report;
struct report_metric;
struct report_target;
struct undecided;

/* The value of a metric from one target's or from all targets' counts; answered: at least one target has answered. */
struct report_metric metric_of(enum metric metric, const struct counts *counts, struct undecided undecided,
                               bool answered);

/* A metric that only some targets have is shown if there is such a target, or a range for it.  So the labels of
 * other targets stay as they are. */
bool metric_shown(const struct report *report, enum metric metric);

/* A larger difference of clocks is reported. */
enum { SKEW_LIMIT = 2 * 60 * 1000 };                     /* ms */
int64_t report_skew(const struct report_target *target); /* ms that the host's clock is ahead; 0 if unreachable */

/* Writes the first line without verdict and performance data.  Returns whether the counts were shortened. */
bool report_headline(const struct report *report, struct buffer *out);
/* "20 sessions: 12 active (3 idle), 8 disconnected" */
void report_counts_text(const struct report *report, struct buffer *out);
void report_perfdata(const struct report *report, struct buffer *out);
/* True if there are too many targets to show the figures of each. */
bool report_targets_left_out(const struct report *report);
/* Writes the sessions, longest idle first, one per line. */
void report_sessions(const struct report *report, struct buffer *out);
/* Writes the decisions of the policies: the sums, what is overdue, what is due within the hour; with --explain
 * everything. */
void report_policies(const struct report *report, struct buffer *out);
/* Writes a line for each exclusion that matches no user in complete lists: it may be misspelled. */
void report_exclusions(const struct report *report, struct buffer *out);
/* Writes the steps of each target (--diagnose). */
void report_diagnosis(const struct report *report, struct buffer *out);
/* "3 to 7", "3 or more", "3"; times as durations. */
void report_interval(enum metric metric, struct interval interval, struct buffer *out);

#endif
