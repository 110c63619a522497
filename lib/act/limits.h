/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Does a plan keep the limits?  It is judged as a whole: over one of them
 * nothing at all is done.  Pure.
 */
#ifndef CURFEW_LIMITS_H
#define CURFEW_LIMITS_H

#include <stdint.h>

#include "lib/act/plan.h"
#include "lib/act/recent.h"
#include "lib/base/error.h"

struct limits {
	uint64_t max_acts;       /* on the hosts of one run */
	uint64_t max_acts_total; /* on all hosts, by all runs */
	uint64_t max_percent;    /* of the user sessions: of the run's targets, and of each host */
};

/* The default of max_acts_total, if max_acts is not more than that. */
enum { ACTS_TOTAL = 50 };

/* What stands against a plan. */
struct limit_finding {
	enum limit limit;
	uint64_t planned, recent; /* acts of now and of the last hour */
	uint64_t of;              /* LIMIT_PERCENT: user sessions */
	uint64_t most;            /* what the limit is */
	uint64_t unreadable;      /* acts of recent that are unreadable lines of the audit */
	const char *host;         /* the percentage is that of this host; NULL: of all */
};

/* recent: what one record says about the last hour, judged by recent_judge(); NULL: nothing is known (a dry run). */
struct limit_finding limits_judge(const struct plan *plan, const struct recent *recent, const struct limits *limits);

/* Fills *error with the sentence that says which limit, and what would have been done. */
void limit_show(const struct limit_finding *finding, struct error *error);

#endif
