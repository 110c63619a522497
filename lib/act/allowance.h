/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The allowance: a small record of the acts of the last hour beside the audit,
 * so that the limits hold although the audit was rotated, cut or removed.
 *
 * STATE_DIR/allowance is one line of JSON and one with its checksum, replaced as
 * a whole (rename).  What is damaged is an error, never an empty record.  Every
 * use of it is under the lock of STATE_DIR/allowance.lock, which nothing rotates,
 * and which says until when the record has acts: so a record that is missing
 * is empty on a first run, and lost within an hour after acts.
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
	int lock; /* -1: not ours */
};

/* Exclusive use while limits are computed and a plan is reserved, or a run is settled. */
int allowance_lock(struct allowance *allowance, const struct state_dir *dir, const struct deadline *deadline,
                   struct error *error);
void allowance_unlock(struct allowance *allowance);

/* Adds the acts in the file since then.  A run that has not ended counts until an hour after its deadline.
   ALLOWANCE_LOST, with *error filled: there is no file, and there was one with acts since then. */
enum { ALLOWANCE_LOST = 1 };
int allowance_read(const struct allowance *allowance, int64_t since, struct recent *recent, struct error *error);

/* The file now has this, on the disk; entries that say nothing (no act) are left out. */
int allowance_write(const struct allowance *allowance, const struct recent *recent, struct error *error);

/* Takes the entries of one run out of the record, and puts those of own in. */
void allowance_replace(struct recent *recent, const char *run, const struct recent *own);

/* The record in memory, for the reader's own tests.  Pure.  -1: it is damaged. */
int allowance_parse(const char *bytes, size_t length, int64_t since, struct recent *recent);

#endif
