/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One poll of all targets, in a child (lib/child/child.h): it collects, gives
 * hosts and sessions their indexes, sorts, and packs all of it into a memfd
 * (agent/block.h).  The serving process maps that, looks at its structure, and
 * has a new table.  Whatever happens to the child (a crash, a hang, a leak of a
 * library) costs one poll and nothing else.
 *
 * A child that is done waits until the serving process has let go of the snapshot before.  It has that one too, from
 * the fork, so the kernel gives back its pages where no request waits: at the child's end.  munmap() of 200,000
 * sessions by their last holder takes 10 to 20 ms, in which no request would be answered.
 *
 * To its output the child writes lines, behind the first one (lib/child/protocol.h):
 *
 *   {"notice":"192.0.2.7: 2 of its sessions are listed by rds01 too, and counted there"}
 *   {"unpublished":{...}}     the file of agent/publish.h could not be written
 *   {"end":2211840}           the memfd holds the snapshot, of so many bytes, and is sealed
 *   {"failed":{...}}          or there is none
 */
#ifndef CURFEW_POLL_H
#define CURFEW_POLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/table.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/child/child.h"
#include "lib/config/settings.h"

/* The input of the child, which only reads it. */
struct poll_order {
	struct settings *settings;
	const struct table *previous;
	int64_t agent_start;    /* our clock */
	int64_t counted_since;  /* the same moment on the monotonic clock */
	uint32_t poll_failures; /* so far */
	int memfd;              /* in the child: where the block goes */
};

struct poll {
	struct child child; /* its pid is 0: none is under way */
	bool leaving;       /* the table was taken, and the child is ending */
	struct deadline deadline;
	int memfd;
	size_t size;                /* of the snapshot; 0: it is not complete */
	struct string_list notices; /* to be logged if the poll is good */
	struct arena arena;         /* owns them */
	struct table *table;        /* after POLL_DONE, until poll_take() */
	struct error unpublished;   /* ERROR_NONE: the snapshot was also written to the file, if one is configured */
	struct error error;
};

/* ms that it may take beyond settings->timeout, before it is ended. */
enum { POLL_GRACE = 5000 };

enum poll_state {
	POLL_IDLE,    /* none is under way */
	POLL_RUNNING, /* more is expected, or its process has not ended yet */
	POLL_DONE,    /* poll_take() the table */
	POLL_FAILED,  /* poll->error says why */
};

void poll_init(struct poll *poll);
/* Starts one; none may be running.  Only the new process reads the order. */
int poll_start(struct poll *poll, const struct poll_order *order, struct error *error);
/* Reads what is there without waiting, and ends a poll that is past its deadline. */
enum poll_state poll_advance(struct poll *poll);
/* The table of a poll that is done; the caller owns it.  The old one, which the order had, is freed. */
struct table *poll_take(struct poll *poll, struct table *old);
/* Ends it in any state, and discards its result. */
void poll_stop(struct poll *poll);

/* The main function of the polling process (agent/poll_child.c).  Returns its exit status. */
int poll_child(void *order);

#endif
