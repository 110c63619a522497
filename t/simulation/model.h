/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger once more, in plain arrays: who was first seen when and in which state, who was warned of what, who has
 * asked for more time, what programs have used.  Every answer of the real one is compared with it.
 *
 * A call that failed, or whose process was killed in it, was done or was not.  Both are kept as possible until an
 * answer shows which; what a loss of power may bring back stays possible until the next call that is surely on the
 * disk.
 */
#ifndef CURFEW_SIMULATION_MODEL_H
#define CURFEW_SIMULATION_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/ledger/ledger.h"
#include "lib/session/session.h"

void model_begin(void);
void model_free(void);
/* Behind each call of the real one; sure: it succeeded, and its process lives. */
void model_see(const struct ledger_look *looks, size_t count, const struct ledger_clock *now, bool sure);
void model_warned(const struct ledger_warning *warning, bool sure);
void model_snoozed(const struct session *session, const char *url, int64_t until, bool sure);
void model_power_lost(void);

/* No run is at work: what does any reader see? */
void model_compare(void);

struct model_sums {
	uint64_t answers, doubts, readings;
};
extern struct model_sums model_sums;

#endif
