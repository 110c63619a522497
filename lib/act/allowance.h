/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The allowance: a small record of the acts of the last hour and of the night beside the audit.  It keeps the limits
 * when the audit is rotated, cut or removed.
 *
 * STATE_DIR/allowance has one line of JSON and one with its checksum, and is replaced as a whole (rename).  A damaged
 * file is an error, never an empty record.  It is used only under the lock of STATE_DIR/allowance.lock.  That file is
 * never rotated, and says until when the record has acts: so a missing record is empty at the first run, and an error
 * as long as acts would count.
 */
#ifndef CURFEW_ALLOWANCE_H
#define CURFEW_ALLOWANCE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/act/recent.h"
#include "lib/act/state.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"

#define ALLOWANCE_FILE "allowance"

struct allowance {
	const struct state_dir *dir;
	int lock; /* -1: not held */
};

/* Locks the allowance while limits are computed and a plan is reserved, or a run is settled. */
int allowance_lock(struct allowance *allowance, const struct state_dir *dir, const struct deadline *deadline,
                   struct error *error);
void allowance_unlock(struct allowance *allowance);

/* Adds the acts in the file since then.  A run that has not ended counts until an hour after its deadline.
 * ALLOWANCE_LOST, with *error filled: the file is missing, and it had acts since then. */
enum { ALLOWANCE_LOST = 1 };
int allowance_read(const struct allowance *allowance, int64_t since, struct recent *recent, struct error *error);

/* Replaces the contents of the file, on the disk.  Entries without an act are left out. */
int allowance_write(const struct allowance *allowance, const struct recent *recent, struct error *error);

/* Removes the entries of one run from the record, and adds those of own. */
void allowance_replace(struct recent *recent, const char *run, const struct recent *own);

/* The reader of the record, for its tests.  Pure.  -1: damaged. */
int allowance_parse(const char *bytes, size_t length, int64_t since, struct recent *recent);

#endif
