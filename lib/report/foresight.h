/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the policies decide about the listed sessions, in words.  lib/enforce fills it in, and the report shows it. */
#ifndef CURFEW_FORESIGHT_H
#define CURFEW_FORESIGHT_H

#include <stdbool.h>
#include <stdint.h>

enum foreseen_act { FORESEEN_NOTHING, FORESEEN_WARNING, FORESEEN_DISCONNECT, FORESEEN_LOGOFF };

/* For one session.  Texts are not NULL unless it is said. */
struct foreseen {
	const char *policy;     /* its name; NULL: none */
	const char *reason;     /* a clause: "it is exempt" */
	const char *step;       /* what enforce_sessions would do now: "leave", "warn", "disconnect", "log off" */
	const char *cause;      /* NULL if next is NULL */
	const char *next, *end; /* the next step if nobody does anything, and the end; NULL: none */
	int64_t next_at, end_at;
	enum foreseen_act now; /* as step, but for a session seen only once: what would happen to it */
	bool soon;             /* next is not due yet, and will be within the hour */
	bool overdue;
	int64_t overdue_by; /* ms, if it is */
};

struct foresight {
	const struct foreseen *const *targets; /* one array per visit, with one entry per session of its snapshot */
	int64_t now;
	const char *note; /* one sentence about what is not known; NULL: nothing */
};

#endif
