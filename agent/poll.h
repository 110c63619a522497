/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One poll of all targets, in a child (lib/child/child.h): it collects, writes
 * its answers (agent/answer.h) to its output and ends.  Whatever happens to it (a
 * crash, a hang, a leak of a library) costs the serving process one poll and nothing else.
 */
#ifndef CURFEW_POLL_H
#define CURFEW_POLL_H

#include <stdbool.h>
#include <stddef.h>

#include "agent/answer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/child/child.h"
#include "lib/config/settings.h"

struct poll {
	struct child child; /* its pid is 0: none is under way */
	struct deadline deadline;
	struct answer *answers;
	size_t count, room;
	bool complete; /* the last line has come */
	bool more;     /* poll_advance() has left lines that it has read: there is nothing to wait for */
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
int poll_start(struct poll *poll, struct settings *settings, struct error *error);
/* Takes some of what there is, so that SNMP is answered meanwhile, does not wait for more, and ends a poll that is past
 * its deadline. */
enum poll_state poll_advance(struct poll *poll);
/* The answers of a poll that is done; the caller owns them. */
struct answer *poll_take(struct poll *poll, size_t *count);
/* Ends it, whatever it is doing, and forgets what it brought. */
void poll_stop(struct poll *poll);

/* What the other process does (agent/poll_child.c) with the settings: its answers go to its standard output.  Returns
   its exit status. */
int poll_child(void *settings);

#endif
