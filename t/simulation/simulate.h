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
	int64_t disturbed_at; /* the last thing that may keep the handlers from their work, true time */
	bool own_clock_jumps;
	int64_t kill_one_in;  /* runs; 0: none */
	int64_t power_one_in; /* of the kills */
	int64_t twice_one_in; /* runs begin with another one at once */
	uint64_t limits_hit, failed_runs;
};
extern struct simulation simulation;

/* policies.c: the text of a configuration of chance. */
const char *policies_text(struct arena *arena, size_t targets);

#endif
