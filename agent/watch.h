/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Changes from snapshot to snapshot: sessions over a limit and back, hosts that do not answer and answer again.  Each
 * is reported once.  One that the queue did not accept is tried again at the next snapshot, if it still holds.
 */
#ifndef CURFEW_WATCH_H
#define CURFEW_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/grid.h"
#include "agent/table.h"
#include "agent/trap.h"
#include "agent/trap_queue.h"
#include "lib/judge/classify.h"
#include "lib/session/session.h"

/* Over a limit: a session that counts, and is idle or disconnected for at least this time.  An unknown span sets no
 * limit. */
struct watch_rule {
	struct span idle, disconnected;
	struct span overdue; /* time over the limit without an end */
	bool hosts;
};

/* A session that is over a limit, or a host that does not answer.  It keeps what a later notification needs when the
 * session's row has gone. */
struct watched {
	struct key key;
	char *id, *user, *birth;
	bool sent, overdue_sent; /* the notification that it is over its limit or unreachable, and that it is overdue */
	bool seen;               /* in the present snapshot */
	enum trap_kind held;     /* the queue did not take this one; 0: none */
};

struct watch_list {
	struct watched *items; /* ascending by key, id and birth */
	size_t count, allocated;
};

struct watch {
	struct watch_list hosts, sessions;
};

void watch_look(struct watch *watch, const struct table *table, const struct watch_rule *rule, struct trap_queue *queue,
                int64_t monotonic);
void watch_free(struct watch *watch);

#endif
