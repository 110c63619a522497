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

enum { REASONS = 64 }; /* more than enum policy_reason has */
struct check_sums {
	uint64_t runs, decisions, warnings, answers, disconnects, logoffs, overdue_looks, probes;
	uint64_t reasons[REASONS]; /* enum policy_reason: decisions that leave the session alone */
};
extern struct check_sums sums;

/* For the seed that follows. */
void check_begin(uint64_t seed, const struct settings *settings);
/* The policies of the seed, as the product reads them. */
void check_policies(const struct policy *policies, size_t count);
/* The process begins, and ends.  said: its output names the audit. */
void check_run_begin(const struct process *process);
void check_run_end(const struct process *process, bool said);

/* decisions.c.  A run has decided; from the seam around policy_decide(). */
void check_decision(const struct policy_set *set, const struct policy_subject *subject,
                    const struct policy_decision *decision);
/* What the process of this moment has decided about the session, and what it was told of its input then. */
const struct policy_decision *decision_of(const struct seat *seat, int64_t *told_input);
void decisions_begin(const struct process *process);
void decisions_end(const struct process *process);
void decisions_clear(void);

/* From the farm, before it is done: a warning, or a question that is one. */
struct policy_decision check_message(struct seat *seat, const struct action *action);
/* And behind it. */
void check_shown(struct seat *seat, const struct policy_decision *decision, bool shown);
/* Its user has asked for more time and the ledger surely has it. */
void check_snoozed(const char *birth, int64_t until);
/* The farm is about to end it. */
void check_end(struct seat *seat, int64_t pinned_at, enum act act);

/* Is anybody still there who should have been ended long ago? */
void check_nobody_overstays(const struct policy *policies, size_t count);

/* truth.c: what the policies say of a session, by what is true.  NULL: none, or it cannot be told. */
const struct policy *truth_policy(const struct policy *policies, size_t count, const struct seat *seat);
bool truth_exempt(const struct policy *policy, const struct seat *seat);
/* When the night of this moment began, on the policy's clock: at noon. */
int64_t truth_noon(const struct policy *policy, int64_t wall);
bool truth_open(const struct policy *policy, const struct schedule *schedule, int64_t wall);
/* Days since 1970-01-01, first and last; for the file of holidays that policies name. */
void truth_holidays(int64_t first, int64_t last);
void truth_no_holidays(void);
/* Since when, true time, has the session been over the limit of this cause; INT64_MAX: it is not. */
int64_t truth_over_since(const struct policy *policy, const struct seat *seat, enum policy_cause cause);

#endif
