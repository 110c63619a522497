/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limit_judge(): for all numbers there are. */
#include "t/proofs/proof.h"

#include <stdint.h>

#include "lib/plan.h"

int main(void)
{
	uint64_t planned = nondet_uint64(), recent = nondet_uint64(), users = nondet_uint64();
	uint64_t max_acts = nondet_uint64(), max_percent = nondet_uint64(), more = nondet_uint64();
	unsigned __int128 acts = (unsigned __int128)planned + recent;
	enum limit limit;

	ASSUME(max_percent <= 100);
	limit = limit_judge(planned, recent, users, max_acts, max_percent);
	PROVE(planned > 0 || limit == LIMIT_KEPT, "limit 1: nothing planned keeps every limit");
	if (limit == LIMIT_KEPT && planned > 0) {
		PROVE(acts <= max_acts, "limit 2: no more acts than max-acts");
		PROVE(users < PERCENT_FROM || acts * 100 <= (unsigned __int128)max_percent * users,
		      "limit 3: no greater share than max-percent");
	}
	if (limit == LIMIT_ACTS)
		PROVE(acts > max_acts, "limit 4: max-acts is named where it is exceeded");
	if (limit == LIMIT_PERCENT && acts <= UINT64_MAX / 100)
		PROVE(acts * 100 > (unsigned __int128)max_percent * users, "limit 5: so is max-percent");
	ASSUME(planned > 0 && more >= recent);
	PROVE(limit == LIMIT_KEPT || limit_judge(planned, more, users, max_acts, max_percent) != LIMIT_KEPT,
	      "limit 6: more acts of the last hour never allow what fewer did not");
	return 0;
}
