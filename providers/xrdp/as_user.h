/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Programs that run as a session's user, on the session's display: children (lib/child/child.h) without our
 * descriptors, environment, groups or signals.
 */
#ifndef CURFEW_XRDP_AS_USER_H
#define CURFEW_XRDP_AS_USER_H

#include <stdbool.h>

#include "lib/base/error.h"
#include "lib/child/child.h"
#include "lib/child/spawn.h"

struct session_user {
	struct spawn_user ids;
	const char *home;
};

/* Starts argv[0] (absolute) with DISPLAY=:N; argv[0] and connected as in child_start().  unbound: it goes on when we
   end. A program that can't be run ends with SPAWN_NO_PROGRAM. */
int as_user_start(struct child *child, const struct session_user *user, int display, char *const *argv,
                  unsigned connected, bool unbound, struct error *error);

#endif
