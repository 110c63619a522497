/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/simulation/say.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/policy/policy.h"
#include "t/simulation/acts.h"
#include "t/simulation/calls.h"
#include "t/simulation/check.h"
#include "t/simulation/disk.h"
#include "t/simulation/model.h"
#include "t/simulation/process.h"
#include "t/simulation/simulate.h"
#include "t/simulation/world.h"

/* Refusals of the engine by their reasons, of all seeds. */
static struct reason_sum {
	char reason[80];
	uint64_t count;
} refusals[40];

void say_refusal(const char *reason, size_t length)
{
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		struct reason_sum *refusal = &refusals[i];

		if (refusal->count == 0)
			snprintf(refusal->reason, sizeof refusal->reason, "%.*s", (int)length, reason);
		if (strncmp(refusal->reason, reason, length) != 0 || refusal->reason[length] != '\0')
			continue;
		refusal->count++;
		return;
	}
}

static void say_kept(void)
{
	printf("  kept:");
	for (int reason = 0; reason < REASONS; reason++)
		if (sums.reasons[reason] > 0)
			printf(" %" PRIu64 " %s;", sums.reasons[reason],
			       policy_reason_text((enum policy_reason)reason));
	printf("\n  refused:");
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
		if (refusals[i].count > 0)
			printf(" %" PRIu64 " %s;", refusals[i].count, refusals[i].reason);
	printf("\n");
	memset(refusals, 0, sizeof refusals);
}

void say_sums(uint64_t seed)
{
	printf("seed %" PRIu64 ": %" PRIu64 " events, %" PRIu64 " runs, %" PRIu64 " decisions, %" PRIu64
	       " warnings, %" PRIu64 " answers, %" PRIu64 " disconnects, %" PRIu64 " log-offs, %" PRIu64
	       " limits hit, %" PRIu64 " kills, %" PRIu64 " power losses, %" PRIu64 " torn files, %" PRIu64
	       " failed calls, %" PRIu64 " clocks set, %" PRIu64 " hosts away, ",
	       seed, world.events, sums.runs, sums.decisions, sums.warnings, sums.answers, sums.disconnects,
	       sums.logoffs, simulation.limits_hit, process_kills, simulation.power_losses, disk_writes_lost,
	       calls_failed, world.clock_jumps + simulation.clock_sets, world.host_falls);
	printf("%" PRIu64 " acts with a result, %" PRIu64 " of them seen by a later run, %" PRIu64
	       " without one and said so, %" PRIu64 " open and explained, %" PRIu64
	       " answers of the ledger compared, %" PRIu64 " readings of it, %" PRIu64 " calls of it in doubt\n",
	       acts_sums.results, acts_sums.closed, acts_sums.reported, acts_sums.explained, model_sums.answers,
	       model_sums.readings, model_sums.doubts);
	say_kept();
	fflush(stdout);
}

void say_policy(const char *policy, int64_t days)
{
	const char *name = strrchr(policy, '/');

	printf("%s: %" PRId64 " days, %zu people on %zu hosts, %" PRIu64 " events: %" PRIu64 " warnings, %" PRIu64
	       " disconnects, %" PRIu64 " log-offs\n",
	       name != NULL ? name + 1 : policy, days, world.person_count, world.host_count, world.events,
	       sums.warnings, sums.disconnects, sums.logoffs);
}
