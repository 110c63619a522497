/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The remedy engine: list, select, plan, lock, then for each session pin,
 * compare, write the intent, act, see that it is done, write the result.
 * remedy_run() is the only way to a provider's act(); a test keeps it so.
 */
#ifndef CURFEW_REMEDY_H
#define CURFEW_REMEDY_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/provider.h"
#include "lib/select.h"
#include "lib/settings.h"

/* Exit status of a handler, documented in its man page. */
enum remedy_exit {
	REMEDY_DONE = 0,    /* done, nothing to do, or somebody else holds the lock */
	REMEDY_REFUSED = 1, /* a safety rule refused something */
	REMEDY_FAILED = 2,  /* an act failed, or a limit, a missing audit or lock stopped it */
	REMEDY_UNKNOWN = 3, /* usage, or no information */
};

struct remedy_order {
	const struct settings *settings;
	const char *program;
	struct action action;
	struct rule rule;
	const struct target *targets;
	size_t target_count;
	bool execute; /* false: a dry run */
};

int remedy_run(const struct remedy_order *order);

/* Asks a running remedy to stop between two acts; safe in a signal handler. */
void remedy_stop(void);

#endif
