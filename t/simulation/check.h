/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must never be, looked at when it happens; and what has to come, looked at after each run. */
#ifndef CURFEW_SIMULATION_CHECK_H
#define CURFEW_SIMULATION_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/config/settings.h"
#include "lib/policy/policy.h"
#include "lib/target/provider.h"
#include "t/simulation/process.h"
#include "t/simulation/world.h"

/* Says what is wrong and ends the program with 1. */
_Noreturn void check_failed(const char *format, ...) __attribute__((format(printf, 1, 2)));

struct check_sums {
	uint64_t runs, decisions, warnings, disconnects, logoffs, overdue_looks;
	uint64_t reasons[64]; /* enum policy_reason: kept because of it, though nothing else kept it */
};
extern struct check_sums sums;

/* For the seed that follows. */
void check_begin(uint64_t seed, const struct settings *settings, int64_t interval);
/* The process begins, and ends. */
void check_run_begin(struct process *process);
void check_run_end(const struct process *process);
/* A run has decided; from the seam around policy_decide(). */
void check_decision(const struct policy_set *set, const struct policy_subject *subject,
                    const struct policy_decision *decision);

/* From the farm, before it is done. */
void check_message(struct seat *seat);
void check_end(struct seat *seat, int64_t pinned_at, enum act act);

/* Is anybody still there who should have been ended long ago? */
void check_nobody_overstays(const struct policy *policies, size_t count);

/* truth.c: what the policies say of a session, by what is true. */
const struct policy *truth_policy(const struct policy *policies, size_t count, const struct seat *seat);
bool truth_exempt(const struct policy *policy, const struct seat *seat);
bool truth_open(const struct policy *policy, const struct schedule *schedule, int64_t wall);
/* Since when, true time, has the session been over the limit of this cause; INT64_MAX: it is not. */
int64_t truth_over_since(const struct policy *policy, const struct seat *seat, enum policy_cause cause);

#endif
