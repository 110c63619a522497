/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ladder_climb(): no rung is skipped, and each warning has its time, for every ladder, history and clock. */
#include "t/proofs/ladder.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/policy/ladder.h"
#include "lib/policy/policy.h"
#include "t/proofs/proof.h"

static int64_t leads[WARNINGS_MOST];

/* In place of ladder_slack(): any that it may say (slack.c). */
int64_t any_slack(int64_t lead)
{
	int64_t slack = nondet_int64();

	(void)lead;
	ASSUME(slack >= 0 && slack <= SLACK_MOST);
	return slack;
}

static struct policy_warnings warnings;

static struct ladder any_ladder(void)
{
	struct ladder ladder = {.lead = leads, .warnings = nondet_bool() ? &warnings : NULL};
	unsigned state;

	ladder.due = nondet_int64();
	ladder.opened_at = nondet_int64();
	ladder.closes_at = nondet_int64();
	ladder.warn_from = nondet_int64();
	ladder.lead_count = nondet_unsigned();
	ladder.unwarned_too = nondet_bool();
	ladder.end = nondet_bool() ? POLICY_DISCONNECT : POLICY_LOGOFF;
	for (size_t i = 0; i < RUNGS; i++) {
		leads[i] = nondet_int64();
		state = nondet_unsigned();
		ASSUME(state <= WARNING_UNDELIVERED);
		warnings.rung[i].state = state;
		warnings.rung[i].at = any_time();
		warnings.rung[i].end_at = any_time();
	}
	ASSUME(ladder_asked_well(&ladder));
	return ladder;
}

int main(void)
{
	struct ladder ladder = any_ladder();
	int64_t now = any_time();
	struct ladder_place place = ladder_climb(&ladder, now);

	PROVE(climb_steps(&ladder, &place), "ladder 1: a warning that there is, or the end");
	PROVE(climb_skips_none(&ladder, now, &place), "ladder 2: no rung is skipped");
	PROVE(climb_repeats_none(&ladder, now, &place), "ladder 3: what was warned of is not warned of again");
	PROVE(climb_keeps_times(&ladder, &place),
	      "ladder 4: the end leaves the time that each warning promised, and comes not before what it told");
	PROVE(climb_promises(&ladder, now, &place), "ladder 5: a warning leaves its own time, however late it comes");
	PROVE(climb_waits(&ladder, &place), "ladder 6: no end before it is due, or before the window opens");
	PROVE(climb_closes(&ladder, now, &place), "ladder 7: no end once the window has closed");
	PROVE(climb_stays_within(&place), "ladder 8: its times stay times");
	WITNESS(place.next == POLICY_WARN && place.rung == RUNGS - 1, "ladder: the last warning is next");
	WITNESS(place.next == POLICY_LOGOFF && ladder.lead_count == RUNGS && place.next_at <= now && !place.closing,
	        "ladder: the end after all of them is due");
	WITNESS(place.closing, "ladder: the window closes before");
	return 0;
}
