/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The remedy engine: list, select, plan, lock, then for each session pin,
 * compare, write the intent, act, see that it is done, write the result.
 * remedy_run() is the only function that can end a session.
 */
#ifndef CURFEW_REMEDY_H
#define CURFEW_REMEDY_H

#include "lib/settings.h"

/* Exit status of a handler, documented in its man page. */
enum remedy_exit {
	REMEDY_DONE = 0,    /* done, nothing to do, or somebody else holds the lock */
	REMEDY_REFUSED = 1, /* a safety rule refused something */
	REMEDY_FAILED = 2,  /* an act failed, or a limit, a missing audit or lock stopped it */
	REMEDY_UNKNOWN = 3, /* usage, or no information */
};

int remedy_run(const struct settings *settings, enum act act, const struct program_info *program);
/* The whole main() of a handler. */
int handler_main(const struct program_info *program, enum act act, int argc, char **argv);

#endif
