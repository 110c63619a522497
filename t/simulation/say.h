/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a seed says at its end: how often what happened. */
#ifndef CURFEW_SIMULATION_SAY_H
#define CURFEW_SIMULATION_SAY_H

#include <stddef.h>
#include <stdint.h>

/* The engine refused to act, for this reason. */
void say_refusal(const char *reason, size_t length);
void say_sums(uint64_t seed);
/* Of a policy that was given. */
void say_policy(const char *policy, int64_t days);

#endif
