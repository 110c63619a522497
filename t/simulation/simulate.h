/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CURFEW_SIMULATION_SIMULATE_H
#define CURFEW_SIMULATION_SIMULATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"

/* What the seed has drawn, and how far it has come. */
struct simulation {
	int64_t interval;     /* ms between two runs */
	int64_t run_takes;    /* a run that asks its users questions takes so long at most */
	int64_t disturbed_at; /* the last thing that may keep the handlers from their work, true time */
	int64_t clock_set_at; /* that machine's clock was */
	/* One in so many: runs that are killed, kills that are losses of power, runs that begin with another one at
	   once, runs before which the clock is set; 0: none. */
	int64_t kill_one_in, power_one_in, twice_one_in, clock_one_in;
	uint64_t calls;            /* that a run makes, about */
	uint64_t turns, disturbed; /* runs and those beside them; kills and failures before the last one */
	uint64_t limits_hit, failed_runs, power_losses, clock_sets;
};
extern struct simulation simulation;

/* policies.c: the text of a configuration of chance; and the targets of one that is given. */
const char *policies_text(struct arena *arena, size_t targets);
const char *policies_given(struct arena *arena, size_t targets, const char *file);

#endif
