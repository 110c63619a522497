/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One poll of all targets, in a process of its own: it forks, collects, writes
 * its answers to a pipe and ends.  Whatever happens to it (a crash, a hang, a
 * leak of a library) costs the serving process one poll and nothing else.
 */
#ifndef CURFEW_POLL_H
#define CURFEW_POLL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "agent/answer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/config/settings.h"

struct poll {
	pid_t pid; /* 0: none is under way */
	int fd;    /* the pipe's end to wait for; -1 */
	struct deadline deadline;
	char *line; /* what has been read of the next line */
	size_t length, allocated, searched;
	struct answer *answers;
	size_t count, room;
	bool complete; /* the last line has come */
	struct error error;
};

/* ms that it may take beyond settings->timeout, before it is ended. */
enum { POLL_GRACE = 5000 };

enum poll_state {
	POLL_IDLE,    /* none is under way */
	POLL_RUNNING, /* more is to come */
	POLL_DONE,    /* poll_take() the answers */
	POLL_FAILED,  /* poll->error says why */
};

void poll_init(struct poll *poll);
/* Starts one; none may be under way.  The settings are read by the new process only. */
int poll_start(struct poll *poll, const struct settings *settings, struct error *error);
/* Reads at most one piece of what there is, never waits, and ends a poll that is past its deadline. */
enum poll_state poll_advance(struct poll *poll);
/* The answers of a poll that is done; the caller owns them. */
struct answer *poll_take(struct poll *poll, size_t *count);
/* Ends it, whatever it is doing, and forgets what it brought. */
void poll_stop(struct poll *poll);

/* What the other process does (agent/poll_child.c); returns its exit status. */
int poll_child(const struct settings *settings, int fd);

#endif
