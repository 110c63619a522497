/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The check's report: one tree (per target and totals), two writers.
 */
#ifndef CURFEW_REPORT_H
#define CURFEW_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/config/settings.h"
#include "lib/judge/classify.h"
#include "lib/judge/threshold.h"
#include "lib/report/foresight.h"
#include "lib/target/provider.h"

/* Sessions that a filter on state or idle may match: the idle time is unknown, or the state is, or whether a name
 * matches their user. */
struct undecided {
	uint64_t idle, state;
};

struct report_target {
	const struct visit *visit;
	const char *label; /* the target's, as valid UTF-8; config_targets() keeps labels distinct */
	bool reachable;
	struct counts counts; /* of the sessions that match the filters */
	struct undecided undecided;
	struct classification *classifications; /* one per session of the visit's snapshot */
	bool *shown;                            /* matched the filters */
	const struct foreseen *foreseen;        /* one per session; NULL: no policies were used */
};

/* One metric of one target or of all: the known value, and the possible ones. */
struct report_metric {
	bool known;
	double value;
	struct interval possible;
	bool judged; /* there is a range */
	struct judgement judgement;
};

struct report {
	const struct settings *settings;
	struct thresholds thresholds;
	struct report_target *targets;
	size_t target_count;
	size_t answered; /* targets */
	struct counts counts;
	struct undecided undecided;
	struct report_metric metrics[METRIC_COUNT]; /* of the totals */
	struct judgement judgement;
	enum verdict verdict;
	const struct foresight *foresight; /* NULL: no policies were used */
	struct arena arena;
};

/* Classifies, filters, counts and judges finished visits, which must live as long as the report.  Pure. */
void report_make(struct report *report, const struct visit *visits, size_t count, const struct settings *settings,
                 const struct thresholds *thresholds);
/* Adds the decisions of the policies, and judges again.  The foresight must live as long as the report.  Pure. */
void report_foresee(struct report *report, const struct foresight *foresight);
void report_free(struct report *report);

void report_text(const struct report *report, struct buffer *out); /* keeps to settings->max_output */
void report_json(const struct report *report, struct buffer *out); /* doc/json.md */

#endif
