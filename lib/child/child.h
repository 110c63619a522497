/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A child process as its parent sees it: lines to it, lines from it, the last
 * thing that it complained about, and its end.
 *
 * Nothing here waits but child_stop(), and that not long.  Whoever waits does it with poll(2) on what child_polls()
 * says, up to a deadline, and then calls child_move().
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
	int pidfd;        /* -1: the system has none */
	int in, out, err; /* our ends of its stdin (a socket), stdout and stderr; -1: there is none, or it is closed */
	int status;       /* after child_stop(): its exit status; -1: a signal ended it, or that is not known */
	bool ended;       /* the process itself; others may hold its output */
	bool half;        /* its output ended in the middle of a line */
	bool greeted;     /* its first line was read, and it speaks our protocol (lib/child/protocol.h) */
	struct buffer to;
	size_t sent; /* bytes of "to" that are on their way */
	struct buffer from;
	size_t line_limit;      /* the longest line that it may say; CHILD_LINE_LIMIT from the start */
	size_t taken, searched; /* bytes of "from" given out, and looked through for a line's end */
	char complaint[160];    /* the last line on its stderr, safe to print */
	struct buffer complaining;
};

/* Which of its three are connected with us; the others are /dev/null. */
enum { CHILD_IN = 1, CHILD_OUT = 2, CHILD_ERR = 4 };

/* Starts it: by spawn_copy() if there is a function or a user, else by spawn_program().  0, or -1 and nothing is left.
 */
int child_start(struct child *child, const char *name, struct spawn spawn, unsigned connected, struct error *error);

/* Queues bytes for it.  child_move() sends them. */
void child_send(struct child *child, const char *bytes, size_t length);

/* The entries for poll(); they stay in place when a descriptor is closed. */
enum { CHILD_POLLS = 4 };
void child_polls(const struct child *child, struct pollfd polls[CHILD_POLLS]);

/* Writes and reads what goes without waiting.  0, or -1: its output has ended, or it has, or it may not go on (*error);
   lines that came before are still there. */
int child_move(struct child *child, struct error *error);

/* The next whole line, without its newline; or NULL.  Valid until child_move(). */
const char *child_line(struct child *child, size_t *length);
/* Drops the output that was not read. */
void child_ignore(struct child *child);

/* Closes its input: it ends by itself when it has read all of it. */
void child_hang_up(struct child *child);

/* Has it ended, or does it within so many ms?  It is still to be stopped. */
bool child_ended(struct child *child, int64_t patience);

/* Ends it: its input is closed, it gets so many ms to end by itself, then its process group is killed.
   One that survives that is not waited for.  *error is set if it ended by itself as it should not. */
void child_stop(struct child *child, int64_t patience, struct error *error);

/* Lets an unbound one go on by itself, and forgets it. */
void child_let_go(struct child *child);

/* Takes the exit status of those that were killed or let go, and have ended by now. */
void children_reap(void);

#endif
