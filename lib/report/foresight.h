/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the policies say to the sessions that were listed, in words: lib/enforce makes it, the report shows it. */
#ifndef CURFEW_FORESIGHT_H
#define CURFEW_FORESIGHT_H

#include <stdbool.h>
#include <stdint.h>

enum foreseen_act { FORESEEN_NOTHING, FORESEEN_WARNING, FORESEEN_DISCONNECT, FORESEEN_LOGOFF };

/* Of one session.  Texts are never NULL unless it is said. */
struct foreseen {
	const char *policy;     /* its name; NULL: none */
	const char *reason;     /* a clause: "it is exempt" */
	const char *step;       /* what enforce_sessions would do now: "leave", "warn", "disconnect", "log off" */
	const char *cause;      /* NULL if next is NULL */
	const char *next, *end; /* what comes if nobody does anything, and the end; NULL: nothing */
	int64_t next_at, end_at;
	enum foreseen_act
	    now;   /* the same as step, but for a session that was seen only once: what would be done to it */
	bool soon; /* next is not due, and comes within the hour */
	bool overdue;
	int64_t overdue_by; /* ms, if it is */
};

struct foresight {
	const struct foreseen *const *targets; /* for each visit, one for each session of its snapshot */
	int64_t now;
	const char *note; /* what is not known, one sentence; NULL: nothing */
};

#endif
