/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chance that a seed repeats: splitmix64. */
#ifndef CURFEW_SIMULATION_CHANCE_H
#define CURFEW_SIMULATION_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

void chance_seed(uint64_t seed);
uint64_t chance_next(void);
int64_t chance_below(int64_t limit); /* 0 to limit - 1; 0 for a limit below 1 */
bool chance_percent(unsigned percent);
bool chance_one_in(int64_t number);           /* 0: never */
int64_t chance_about(int64_t mean);           /* 1 to about 8 times the mean, most of them small */
int64_t chance_between(int64_t a, int64_t b); /* both included */

#endif
