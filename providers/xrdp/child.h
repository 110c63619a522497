/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Programs that run as a session's user: a new session without our
 * descriptors, environment, groups or signals, by absolute path.
 */
#ifndef CURFEW_XRDP_CHILD_H
#define CURFEW_XRDP_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/base/error.h"

struct child_user {
	uid_t uid;
	gid_t gid;
	const char *home;
};

struct child {
	pid_t pid;
	int pidfd; /* readable once it has ended */
};

/* Starts argv[0] (absolute) with DISPLAY=:N, stdout to the descriptor output (-1: /dev/null), stdin and
   stderr /dev/null.  bound: it dies with us.  A program that can't be run ends with CHILD_NO_PROGRAM. */
enum { CHILD_NO_PROGRAM = 127 };
int child_start(struct child *child, const struct child_user *user, int display, char *const *argv, int output,
                bool bound, struct error *error);

/* The exit status of one that has ended or was killed; -1 if a signal ended it, or its user keeps it from ending. */
int child_wait(struct child *child);
void child_kill(const struct child *child);
/* Lets it run on its own. */
void child_forget(struct child *child);

#endif
