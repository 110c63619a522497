/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps to an end: the warnings in their order, each in time, and then the act.  Pure; for policy_decide.c. */
#ifndef CURFEW_LADDER_H
#define CURFEW_LADDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/policy/policy.h"

/* One limit of one session. */
struct ladder {
	int64_t due;                            /* the limit is reached then */
	int64_t opened_at, closes_at;           /* the end has to come between these */
	int64_t warn_from;                      /* an earlier warning is not given, and does not count */
	const int64_t *lead;                    /* ms before the end of each warning, the longest first */
	size_t lead_count;                      /* 0: there is no user to warn */
	bool unwarned_too;                      /* an undelivered warning counts */
	const struct policy_warnings *warnings; /* of this episode; NULL: none */
	enum policy_step end;
};

/* The place on the ladder. */
struct ladder_place {
	enum policy_step next; /* POLICY_WARN, or the end */
	size_t rung;           /* POLICY_WARN: which warning */
	int64_t next_at, end_at;
	int64_t due_at;   /* the end, if every warning had been given in time */
	bool closing;     /* the end cannot come before the window closes */
	bool undelivered; /* the warning was not delivered, and will be tried again */
};
/* How late a warning may be and still be in time: a tenth of the time that is left then, SLACK_MOST at most. */
enum { SLACK_MOST = 15 * 1000 }; /* ms */
int64_t ladder_slack(int64_t lead);

struct ladder_place ladder_climb(const struct ladder *ladder, int64_t now);

#endif
