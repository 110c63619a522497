/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The audit: one JSON line per decision in STATE_DIR/audit.jsonl, synced before
 * the call returns (doc/audit.md).
 *
 *   plan     the acts a run is about to do, per host: reserves its share of the limits
 *   refused  a session that the rule meant and a safety rule kept
 *   intent   directly before an act is sent
 *   result   after its answer
 *   end      the run is over
 */
#ifndef CURFEW_AUDIT_H
#define CURFEW_AUDIT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/error.h"
#include "lib/state.h"

struct audit {
	int fd;
	char run[40]; /* id of this run on every line */
	const char *program;
	unsigned caller; /* uid */
	bool unsynced;   /* lines that are not on the disk yet */
};

int audit_open(struct audit *audit, const struct state_dir *dir, const char *program, struct error *error);
void audit_close(struct audit *audit);

/* Steals fields; adds time, run, program, event, uid, pid.  -1: it is not on the disk. */
int audit_write(struct audit *audit, const char *event, json_t *fields, struct error *error);

/* The same in two halves, for lines that come by the thousand and that no act waits for: what was
   noted is on the disk after the next audit_sync() or audit_write(). */
int audit_note(struct audit *audit, const char *event, json_t *fields, struct error *error);
int audit_sync(struct audit *audit, struct error *error);

/* Exclusive use of the audit while limits are computed and the plan is written. */
int audit_lock(struct audit *audit, const struct deadline *deadline, struct error *error);
void audit_unlock(struct audit *audit);

/* Acts on any of these hosts, or targets by their URL, since the given time: the intents of runs that have ended, and
   the plans of those that have not.  On a host whose lock the caller holds nobody else is at work, so a run without an
   end is dead there and counts by its intents.  Lines that are not JSON count as one act. */
struct recent_acts {
	uint64_t acts;
	uint64_t logoffs; /* of them: no longer among today's sessions */
};
int audit_recent(struct audit *audit, int64_t since, const struct string_list *scope, const struct string_list *locked,
                 struct recent_acts *recent, struct error *error);

#endif
