/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What changed from snapshot to snapshot: sessions over a limit and back, hosts that do not answer and answer again.
 * Each is told once.  One that the queue did not take is tried again at the next snapshot, if it is still so.
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

/* Over a limit: a session that counts, idle or disconnected for so long.  Spans that are not known set no limit. */
struct watch_rule {
	struct span idle, disconnected;
	struct span overdue; /* beyond the limit: nobody has ended it */
	bool hosts;
};

/* A host or session that is not as it should be.  Of a session, what a later notification says when its row has gone.
 */
struct watched {
	struct key key;
	char *id, *user, *birth;
	bool told, overdue_told;
	bool seen;           /* in the present snapshot */
	enum trap_kind held; /* the queue did not take this one; 0: none */
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
