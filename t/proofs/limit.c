/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limit_judge(): what keeps the limits. */
#include "t/proofs/proof.h"

#include <stdbool.h>
#include <stdint.h>

#include "lib/act/plan.h"

#define MOST ((uint64_t)1 << 8)

/* Adding: all numbers there are. */
static void prove_sums(uint64_t planned, uint64_t recent, uint64_t max_acts)
{
	enum limit limit = limit_judge(planned, recent, PERCENT_FROM - 1, max_acts, 100);
	bool over = planned > max_acts || recent > max_acts - planned;

	PROVE(planned > 0 || limit == LIMIT_KEPT, "limit 1: nothing planned keeps every limit");
	PROVE(planned == 0 || limit != LIMIT_KEPT || !over, "limit 2: no more acts than max-acts");
	PROVE(limit != LIMIT_ACTS || over, "limit 3: max-acts is named where it is exceeded");
}

/* Shares: products of larger numbers are too much for the solver. */
static void prove_shares(uint64_t planned, uint64_t recent, uint64_t users, uint64_t max_percent, uint64_t more)
{
	uint64_t acts = planned + recent;
	enum limit limit;

	ASSUME(planned > 0 && planned < MOST && recent < MOST && users < MOST && more >= recent && more < MOST);
	ASSUME(max_percent <= 100);
	limit = limit_judge(planned, recent, users, UINT64_MAX, max_percent);
	PROVE(limit != LIMIT_KEPT || users < PERCENT_FROM || acts * 100 <= max_percent * users,
	      "limit 4: no greater share than max-percent");
	PROVE(limit != LIMIT_PERCENT || acts * 100 > max_percent * users,
	      "limit 5: max-percent is named where it is exceeded");
	PROVE(limit == LIMIT_KEPT || limit_judge(planned, more, users, UINT64_MAX, max_percent) != LIMIT_KEPT,
	      "limit 6: more acts of the last hour never allow what fewer did not");
}

int main(void)
{
	prove_sums(nondet_uint64(), nondet_uint64(), nondet_uint64());
	prove_shares(nondet_uint64(), nondet_uint64(), nondet_uint64(), nondet_uint64(), nondet_uint64());
	return 0;
}
