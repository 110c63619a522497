/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sessions handed in on standard input: session objects as check_sessions
 * --output json prints them, one after the other or in arrays, as jq leaves them.
 */
#ifndef CURFEW_PICKED_H
#define CURFEW_PICKED_H

#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/session/session.h"

struct picked {
	struct session *sessions;
	size_t count, allocated;
	struct string_list targets; /* the "target" of each, once, in order */
};

/* Reads to the end of the file, which must come by the deadline.  Everything lands in the arena. */
int picked_read(struct picked *picked, int fd, const struct deadline *deadline, struct arena *arena,
                struct error *error);

#endif
