/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/simulation/chance.h"

#include <stdbool.h>
#include <stdint.h>

static uint64_t state;

void chance_seed(uint64_t seed)
{
	state = seed * 0x2545f4914f6cdd1du + 0x9e3779b97f4a7c15u;
}

uint64_t chance_next(void)
{
	uint64_t mixed = state += 0x9e3779b97f4a7c15u;

	mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
	mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
	return mixed ^ (mixed >> 31);
}

int64_t chance_below(int64_t limit)
{
	return limit > 1 ? (int64_t)(chance_next() % (uint64_t)limit) : 0;
}

bool chance_percent(unsigned percent)
{
	return chance_below(100) < (int64_t)percent;
}

bool chance_one_in(int64_t number)
{
	return number > 0 && chance_below(number) == 0;
}

int64_t chance_about(int64_t mean)
{
	int64_t length = 1 + chance_below(mean);

	while (length < 8 * mean && chance_below(2) == 0)
		length += chance_below(mean);
	return length;
}

int64_t chance_between(int64_t a, int64_t b)
{
	return a + chance_below(b - a + 1);
}
