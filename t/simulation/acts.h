/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was done to sessions, and what the audit says of it.  Every act has its intent before and its result behind, or
 * somebody is told: the run itself says that it could not write, or explain_sessions says that it was never finished.
 */
#ifndef CURFEW_SIMULATION_ACTS_H
#define CURFEW_SIMULATION_ACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/config/settings.h"
#include "lib/target/provider.h"
#include "t/simulation/process.h"
#include "t/simulation/world.h"

void acts_begin(const struct settings *settings);
/* The process of this moment does it. */
void acts_add(const struct seat *seat, enum act act);
/* said: its output names the audit. */
void acts_run_end(const struct process *process, bool said);
/* All runs have ended. */
void acts_follow(void);
/* Orders that a later run has to close: the audit must not be rotated away. */
bool acts_wait(void);

struct acts_sums {
	uint64_t acts, results;
	uint64_t ordered, closed; /* of those: only a later run saw them end */
	uint64_t reported;        /* without a result: the run has said so, */
	uint64_t explained;       /* or explain_sessions does */
};
extern struct acts_sums acts_sums;

#endif
