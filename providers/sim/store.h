/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What happened to a farm besides its script: acts, and events that waited for
 * a pin or an act.  Kept in a state file, so that several processes see one
 * farm; a farm that nothing was done to needs none.
 *
 * The file is the target's option "state", the farm's key "state", FARM.state
 * beside the farm file if that is there or can be made, else one in the
 * account's own state folder.  It counts for the farm file as it is now: a
 * farm file that was changed, or touched, starts anew.
 */
#ifndef CURFEW_SIM_STORE_H
#define CURFEW_SIM_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "providers/sim/farm.h"

struct record {
	const char *host;
	const char *id;
	struct event event; /* trigger: what it was recorded for; at: ms after the start */
};

struct store {
	struct arena arena;
	int64_t start; /* ms since the epoch */
	struct record *records;
	size_t count, allocated;
	bool kept; /* the start is one that other processes see, too */
};

/* Reads what there is.  store_free() in any case. */
int store_load(struct store *store, struct farm *farm, const char *wanted, struct error *error);
void store_free(struct store *store);

/* Excludes every other process that would change the state, then loads it.  Returns the lock, or -1. */
int store_lock(struct store *store, struct farm *farm, const char *wanted, const struct deadline *deadline,
               struct error *error);
void store_unlock(int lock);
/* With the lock held: one more event, and all of them written to a new file that takes the old one's place. */
void store_record(struct store *store, const char *host, const char *id, const struct event *event);
int store_save(struct store *store, struct farm *farm, const char *wanted, struct error *error);

#endif
