/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checks a plan against the limits.  It is judged as a whole: over a limit nothing at all is done.  Pure.
 */
#ifndef CURFEW_LIMITS_H
#define CURFEW_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/act/plan.h"
#include "lib/act/recent.h"
#include "lib/base/error.h"

struct limits {
	uint64_t max_acts;       /* on the hosts of one run */
	uint64_t max_acts_total; /* on all hosts, by all runs */
	uint64_t max_percent;    /* of the user sessions: of the run's targets, and of each host */
	/* The same two over a night, from noon to noon; 0: no such limit. */
	uint64_t max_acts_night, max_acts_night_total;
	int64_t night_began; /* that noon, ms since the epoch */
};

/* The default of max_acts_total, unless max_acts is more. */
enum { ACTS_TOTAL = 50 };

/* The limit that a plan exceeds. */
struct limit_finding {
	enum limit limit;
	uint64_t planned, recent; /* acts of this plan, and of the last hour, or of this night */
	uint64_t of;              /* LIMIT_PERCENT: user sessions */
	uint64_t most;            /* the limit */
	uint64_t unreadable;      /* the part of recent that unreadable lines of the audit stand for */
	const char *host;         /* the percentage is of this host; NULL: of all */
	int64_t night_began;      /* LIMIT_NIGHT and LIMIT_NIGHT_TOTAL */
};

/* recent: one record of the last hour, after recent_judge(); NULL: unknown (a dry run). */
struct limit_finding limits_judge(const struct plan *plan, const struct recent *recent, const struct limits *limits);

/* The limits of a night; recent: what the record says since night_began. */
bool limits_have_night(const struct limits *limits);
struct limit_finding limits_judge_night(const struct plan *plan, const struct recent *recent,
                                        const struct limits *limits);

/* Fills *error with a sentence: which limit, and what would have been done. */
void limit_show(const struct limit_finding *finding, struct error *error);

#endif
