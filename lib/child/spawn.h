/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * To start a process.  There are two ways, and each is called in one place.
 *
 * spawn_program() is posix_spawn(3): nothing of ours runs in the child, no handler of pthread_atfork(3) is called, and
 * the memory of the parent is not copied, so that it costs the same from a large process (doc/architecture.md has
 * figures), from one with threads, and from one that is not ours.  It needs nothing but libc: the WTS module uses it.
 *
 * spawn_copy() is fork(2), for what posix_spawn() cannot do: a function of ours in a process of its own, and a
 * program that runs as another user.
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
	const char *path;              /* of the program, absolute; run as it is: see lib/base/root_owned.h */
	char *const *arguments;        /* argv, with its NULL */
	char *const *environment;      /* likewise */
	int (*function)(void *);       /* spawn_copy(): instead of a program; what it returns is the exit status */
	void *context;                 /* its argument */
	const struct spawn_user *user; /* spawn_copy(): becomes this user for good; NULL: stays what it is */
	bool session;     /* spawn_copy(): has a session of its own, without a terminal, and so a group too */
	bool unbound;     /* spawn_copy(): goes on when the thread that started it ends */
	int in, out, err; /* its 0, 1 and 2: descriptors above 2, or -1 for /dev/null */
	int kept;         /* spawn_copy() of a function: its SPAWN_KEPT, a descriptor above 2; 0: there is none */
};

enum { SPAWN_KEPT = 3 };

/* A program that cannot be run, or not as that user, ends with this status. */
enum { SPAWN_NO_PROGRAM = 127 };

/* The child is in a process group of its own, with no signal blocked, caught or ignored, and no descriptor but
   those.  0 and its number, or an errno. */
int spawn_program(const struct spawn *spawn, pid_t *pid);

/* The same, and if it is bound the kernel kills it when the calling thread ends (PR_SET_PDEATHSIG).  As a user, it is
   in a session of its own.  Signals that are ignored stay so for a function, but for SIGPIPE and SIGCHLD. */
int spawn_copy(const struct spawn *spawn, pid_t *pid);

/* For the start of a program: dies with its parent, which has this number.  -1: the parent has gone already. */
int spawn_bind(pid_t parent);

#endif
