/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The changes of a farm besides its script: acts, and events that waited for a pin or an act.  They are in a state
 * file, so that several processes see one farm; an unchanged farm needs none.  The file is the target's option "state";
 * else the farm's key "state"; else FARM.state beside the farm file, if that exists or can be created; else one in the
 * account's own state folder.  It is valid for the present farm file: a farm file that was changed, or touched, starts
 * anew.
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
	bool kept; /* other processes see this start, too */
};

/* Reads the state.  Call store_free() in any case. */
int store_load(struct store *store, struct farm *farm, const char *wanted, struct error *error);
void store_free(struct store *store);

/* Locks out other processes, then loads the state.  Returns the lock, or -1. */
int store_lock(struct store *store, struct farm *farm, const char *wanted, const struct deadline *deadline,
               struct error *error);
void store_unlock(int lock);
/* Needs the lock: adds an event, and replaces the file by a new one with all events. */
void store_record(struct store *store, const char *host, const char *id, const struct event *event);
int store_save(struct store *store, struct farm *farm, const char *wanted, struct error *error);

#endif
