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

#include "lib/act/state.h"
#include "lib/base/error.h"

#define AUDIT_FILE "audit.jsonl"

struct audit {
	int fd;
	const struct state_dir *dir;
	char run[40]; /* on every line of this run */
	const char *program;
	unsigned caller; /* uid */
	bool unsynced;   /* there are lines that are not on the disk yet */
};

/* The folder must stay open as long as the audit. */
int audit_open(struct audit *audit, const struct state_dir *dir, const char *program, struct error *error);
void audit_close(struct audit *audit);

/* True for one of the events above.  Other events are not written, and count as acts when they are read. */
bool audit_event_known(const char *event);

/* Takes the reference to fields; adds time, run, program, event, uid, pid.  -1: the line is not on the disk, or
 * (plan and intent) the file is no longer the one that the next run will read. */
int audit_write(struct audit *audit, const char *event, json_t *fields, struct error *error);

/* The same in two steps, for many lines that no act waits for: they are on the disk after the next audit_sync() or
 * audit_write(). */
int audit_note(struct audit *audit, const char *event, json_t *fields, struct error *error);
int audit_sync(struct audit *audit, struct error *error);

/* audit_render() returns a line as it would be written now, with its newline; the caller frees it.
 * audit_write_rendered() writes a line that was made before, which needs no memory. */
char *audit_render(const struct audit *audit, const char *event, json_t *fields);
void audit_write_rendered(struct audit *audit, const char *line);
#endif
