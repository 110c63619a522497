/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps to an end: every warning in its turn, each in time, and then the act.  Pure; for policy_decide.c. */
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
	int64_t warn_from;                      /* before this moment no warning is given, and none counts */
	const int64_t *lead;                    /* of the warnings, the longest first */
	size_t lead_count;                      /* 0: no user is there to be warned */
	bool unwarned_too;                      /* an undelivered warning counts */
	const struct policy_warnings *warnings; /* of this episode; NULL: none */
	enum policy_step end;
};

/* Where it stands. */
struct ladder_place {
	enum policy_step next; /* the rung that it stands before */
	size_t rung;           /* POLICY_WARN: which warning */
	int64_t next_at, end_at;
	int64_t due_at;   /* the end, if every warning had been delivered in its time */
	bool closing;     /* the end cannot come before the window closes */
	bool undelivered; /* the warning was tried, and waits for its next try */
};
/* A warning that comes so much after its time is in time: a tenth of what is left then, and no more than this. */
enum { SLACK_MOST = 15 * 1000 }; /* ms */
int64_t ladder_slack(int64_t lead);

/* After the first failed try the next run tries again, after each other one so much later (ms): twice as long each
   time, an hour at most.  A user whose system takes no messages is not called every five minutes for days. */
enum { PAUSE_FIRST = 5 * 60 * 1000, PAUSE_MOST = 60 * 60 * 1000 };
int64_t ladder_pause(unsigned tries);

struct ladder_place ladder_climb(const struct ladder *ladder, int64_t now);

#endif
