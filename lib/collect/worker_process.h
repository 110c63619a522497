/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A worker program as its parent sees it: a process, lines to it, lines from
 * it, and the last thing it complained about.
 *
 * Nothing here waits but worker_stop(), and that not long.
 */
#ifndef CURFEW_WORKER_PROCESS_H
#define CURFEW_WORKER_PROCESS_H

#include <jansson.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/buffer.h"
#include "lib/target/provider.h"

struct worker {
	const char *name; /* of the program, for error texts */
	pid_t pid;        /* 0: none */
	int in, out, err; /* its stdin (a socket), stdout and stderr; -1: closed */
	struct buffer to;
	size_t sent; /* bytes of "to" that are on their way */
	struct buffer from;
	bool greeted;           /* its first line was read, and it speaks our protocol */
	size_t taken, searched; /* bytes of "from" given out, and looked through for a line's end */
	char complaint[160];    /* the last line on its stderr, safe to print */
	struct buffer complaining;
};

/* Starts the provider's worker program; a provider that is linked in gets a child of this program. */
int worker_start(struct worker *worker, const struct provider *provider, struct error *error);

/* Queues one line; takes the reference.  worker_move() sends it. */
void worker_send(struct worker *worker, json_t *line);

/* ms that a worker has to answer after the deadline, and that its exit status is waited for once its output has closed.
 */
enum { WORKER_ANSWER_GRACE = 250, WORKER_STATUS_WAIT = 50 };

/* The entries for poll(); they stay in place when a descriptor is closed. */
enum { WORKER_POLLS = 3 };
void worker_polls(const struct worker *worker, struct pollfd polls[WORKER_POLLS]);

/* Writes and reads what goes without waiting.  0, or -1: its output has ended, or it may not go on;
   lines that came before are still there. */
int worker_move(struct worker *worker, struct error *error);

/* The next whole line, without its newline; or NULL.  Valid until worker_move(). */
const char *worker_line(struct worker *worker, size_t *length);

/* Closes its input: it ends by itself when it has read all of it. */
void worker_hang_up(struct worker *worker);

/* Ends it: its input is closed, it gets so many ms to end by itself, then its process group is killed.
   One that survives that is not waited for.  *error is set if it ended by itself as it should not. */
void worker_stop(struct worker *worker, int64_t wait, struct error *error);

#endif
