/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sessions from standard input: session objects as check_sessions --output json prints them, one after the other or in
 * arrays, as jq writes them.
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

/* Reads to the end of the file, at most until the deadline.  Everything is stored in the arena. */
int picked_read(struct picked *picked, int fd, const struct deadline *deadline, struct arena *arena,
                struct error *error);

#endif
