/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ladder_slack(): how much less time than was promised a user may have. */
#include "t/proofs/ladder.h"

#include <stdint.h>

#include "lib/policy/ladder.h"
#include "t/proofs/proof.h"

int main(void)
{
	int64_t lead = nondet_int64(), slack;

	ASSUME(lead > 0 && lead <= LENGTH_LIMIT);
	slack = ladder_slack(lead);
	PROVE(slack >= 0 && slack <= SLACK_MOST, "slack 1: no more than 15 seconds");
	PROVE(slack <= lead && slack * 10 <= lead, "slack 2: no more than a tenth");
	WITNESS(slack == SLACK_MOST, "slack: all of it");
	return 0;
}
