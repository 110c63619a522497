/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Starts processes.  There are two ways, and each is called in one place.
 *
 * spawn_program() is posix_spawn(3): none of our code runs in the child, no handler of pthread_atfork(3) is called, and
 * the parent's memory is not copied.  So it costs the same from a large process (figures: doc/architecture.md), and is
 * safe in a program with threads and in one that is not ours.  It needs nothing but libc: the WTS module uses it.
 *
 * spawn_copy() is fork(2), for what posix_spawn() cannot do: to run a function of ours in a process of its own, or a
 * program as another user.
 */
#ifndef CURFEW_SPAWN_H
#define CURFEW_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

struct spawn_user {
	uid_t uid;
	gid_t gid;
};

struct spawn {
	const char *path;              /* absolute, run as it is: see lib/base/root_owned.h */
	char *const *arguments;        /* argv, with its NULL */
	char *const *environment;      /* likewise */
	int (*function)(void *);       /* spawn_copy(): runs instead of a program; its result is the exit status */
	void *context;                 /* its argument */
	const struct spawn_user *user; /* spawn_copy(): becomes this user for good; NULL: no change */
	bool session;     /* spawn_copy(): gets a session of its own, without a terminal, and so a process group */
	bool unbound;     /* spawn_copy(): goes on when the thread that started it ends */
	int in, out, err; /* become 0, 1 and 2: descriptors above 2, or -1 for /dev/null */
	int kept;         /* spawn_copy() of a function: becomes SPAWN_KEPT, a descriptor above 2; 0: none */
};

enum { SPAWN_KEPT = 3 };

/* The exit status of a program that cannot be run, or not as that user. */
enum { SPAWN_NO_PROGRAM = 127 };

/* The child has a process group of its own, no signal blocked, caught or ignored, and no descriptors but those
 * above.  Fills *pid and returns 0, or an errno. */
int spawn_program(const struct spawn *spawn, pid_t *pid);

/* The same.  If the child is bound, the kernel kills it when the calling thread ends (PR_SET_PDEATHSIG).  With a
 * user, it gets a session of its own.  For a function, ignored signals stay ignored, except SIGPIPE and SIGCHLD. */
int spawn_copy(const struct spawn *spawn, pid_t *pid);

/* Call this at the start of a program: it will die with its parent, which has this number.  -1: the parent has
 * exited already. */
int spawn_bind(pid_t parent);

#endif
