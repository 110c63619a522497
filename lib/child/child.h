/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A child process as its parent sees it: lines to it, lines from it, its last line on stderr, and its exit.  Only
 * child_stop() waits here, and only for a short time.  Callers wait with poll(2) on what child_polls() fills in, up to
 * their deadline, and then call child_move().
 */
#ifndef CURFEW_CHILD_H
#define CURFEW_CHILD_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/buffer.h"
#include "lib/base/error.h"
#include "lib/child/spawn.h"

/* The longest line that either side accepts. */
enum { CHILD_LINE_LIMIT = 64 * 1024 * 1024 };

struct child {
	const char *name; /* for error texts */
	pid_t pid;        /* 0: none */
	int pidfd;        /* -1: the system has no pidfd_open() */
	int in, out, err; /* our ends of its stdin (a socket), stdout and stderr; -1: not connected, or closed */
	int status;       /* after child_stop(): its exit status; -1: a signal ended it, or it is not known */
	bool ended;       /* the process has exited; others may hold its output open */
	bool half;        /* its output ended in the middle of a line */
	bool greeted;     /* its first line was read, and names our protocol (lib/child/protocol.h) */
	struct buffer to;
	size_t sent; /* bytes of "to" that were written */
	struct buffer from;
	size_t line_limit;      /* the longest line that is accepted from it; CHILD_LINE_LIMIT at the start */
	size_t taken, searched; /* bytes of "from" returned by child_line(), and searched for a line end */
	char complaint[160];    /* the last line on its stderr, safe to print */
	struct buffer complaining;
};

/* Which of its stdin, stdout and stderr are connected with us; the others are /dev/null. */
enum { CHILD_IN = 1, CHILD_OUT = 2, CHILD_ERR = 4 };

/* Starts the child: by spawn_copy() if there is a function or a user, else by spawn_program().  0, or -1 and there
 * is nothing to clean up. */
int child_start(struct child *child, const char *name, struct spawn spawn, unsigned connected, struct error *error);

/* Queues bytes for it.  child_move() sends them. */
void child_send(struct child *child, const char *bytes, size_t length);

/* Fills in the entries for poll(); each keeps its place when its descriptor is closed. */
enum { CHILD_POLLS = 4 };
void child_polls(const struct child *child, struct pollfd polls[CHILD_POLLS]);

/* Writes and reads what can be moved without waiting.  0; or -1 if its output has ended, the process has exited, or
 * it broke a rule (*error).  Lines that arrived before can still be taken. */
int child_move(struct child *child, struct error *error);

/* The next whole line, without its newline; NULL: none yet.  Valid until child_move(). */
const char *child_line(struct child *child, size_t *length);
/* Drops output that was not taken. */
void child_ignore(struct child *child);

/* Closes its input: it exits by itself when it has read everything. */
void child_hang_up(struct child *child);

/* True if it has exited, or does so within this many ms.  child_stop() must still be called. */
bool child_ended(struct child *child, int64_t patience);

/* Ends it: closes its input, gives it this many ms to exit, then kills its process group.  Does not wait for one
 * that survives SIGKILL.  Sets *error if it exited by itself with a failure. */
void child_stop(struct child *child, int64_t patience, struct error *error);

/* Stops managing an unbound child, which goes on by itself. */
void child_let_go(struct child *child);

/* Reaps children that were killed or released, and have exited by now. */
void children_reap(void);

#endif
