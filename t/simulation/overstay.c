/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Liveness: whoever should have been ended long ago, while nothing was in the way, is a fault of the handlers. */
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/policy/policy.h"
#include "lib/session/session.h"
#include "t/simulation/check.h"
#include "t/simulation/clockwork.h"
#include "t/simulation/simulate.h"
#include "t/simulation/world.h"

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* So much longer than the limit may a session stay: two looks, every warning in its time and each at a run of its own,
   the end, a log-off that takes its time, and a run that was late. */
static int64_t bound(const struct policy *policy, const struct seat *seat)
{
	bool warned = seat->state == STATE_ACTIVE && policy->lead_count > 0;
	int64_t runs = 4 + (warned ? 2 * (int64_t)policy->lead_count : 0);

	return runs * (simulation.interval + simulation.run_takes) + (warned ? policy->lead[0] : 0) + 5 * MINUTE;
}

/* Can it be ended, and is there nothing unknown? */
static bool endable(const struct policy *policy, const struct seat *seat, enum policy_cause cause)
{
	const struct farm_host *host = seat->host;
	const bool mute = host->target % 8 == 5, shell = host->target % 8 == 7;
	const bool active = seat->state == STATE_ACTIVE;

	if (seat->ending || !host->up || truth_exempt(policy, seat) || !seat->person->group_known)
		return false;
	if (shell && policy->end[cause] == POLICY_DISCONNECT)
		return false;
	if (active && policy->lead_count > 0 && !policy->unwarned_too && (mute || !host->delivers))
		return false;
	if (cause == CAUSE_IDLE && !host->tells_input)
		return false;
	if (policy->sessions_over.known || policy->memory_below.known || policy->exempt_clients.count > 0)
		return false;
	return cause != CAUSE_DISCONNECTED || host->tells_disconnect || policy->count_seen;
}

/* Since when, on this day, has it been the policy's time?  Minute by minute back, as far as is looked. */
static int64_t open_since(const struct policy *policy, int64_t from)
{
	int64_t at = virtual_time.now;

	if (policy->when.count == 0)
		return from;
	while (at > from && truth_open(policy, &policy->when, at + virtual_time.ahead))
		at -= MINUTE;
	return at;
}

static int64_t all_targets_up_since(const struct farm_host *host)
{
	int64_t since = host->changed_at;

	for (size_t i = 0; i < world.host_count; i++)
		if (world.hosts[i].target == host->target)
			since = later(since, world.hosts[i].up ? world.hosts[i].changed_at : virtual_time.now);
	return since;
}

static void look_at(const struct policy *policy, const struct seat *seat, enum policy_cause cause)
{
	int64_t over = truth_over_since(policy, seat, cause), most;

	if (over >= virtual_time.now || !endable(policy, seat, cause))
		return;
	/* Times of before the host's clock was set lie in its future, or nobody knows where. */
	if (seat->host->clock_set_at >= over - policy->limit[cause].length ||
	    seat->host->clock_set_at >= seat->connect_at)
		return;
	most = bound(policy, seat);
	over = later(over, simulation.disturbed_at);
	over = later(over, all_targets_up_since(seat->host));
	over = later(over, seat->snoozed_until);
	over = later(over, seat->locked_at);
	if (seat->state == STATE_ACTIVE)
		over = later(over, seat->connect_at);
	if (policy->protect_busy) /* what it did counts until two looks later */
		over = later(over, (seat_works(seat) ? virtual_time.now : seat->job_ends) + 2 * simulation.interval);
	if (cause == CAUSE_DISCONNECTED && !seat->host->tells_disconnect)
		over += simulation.interval + policy->limit[cause].length;
	if (virtual_time.now - over <= most)
		return;
	over = open_since(policy, over);
	if (virtual_time.now - over > most)
		check_failed("%s on %s (id %u, b%" PRIu64 ") is %s over the limit of %s for %" PRId64
		             " minutes, and %" PRId64 " are promised",
		             seat->person->name, seat->host->name, seat->id, seat->serial, policy_cause_name(cause),
		             policy->name, (virtual_time.now - over) / MINUTE, most / MINUTE);
}

void check_nobody_overstays(const struct policy *policies, size_t count)
{
	for (size_t i = 0; i < world.host_count; i++)
		for (const struct seat *seat = world.hosts[i].seats; seat != NULL; seat = seat->next) {
			const struct policy *policy;

			if (seat->class != CLASS_USER || seat->person == NULL)
				continue;
			policy = truth_policy(policies, count, seat);
			sums.overdue_looks++;
			for (enum policy_cause cause = 0; policy != NULL && cause < CAUSE_DEADLINE; cause++)
				look_at(policy, seat, cause);
		}
}
