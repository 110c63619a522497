/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/simulation/check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/config/settings.h"
#include "lib/policy/ladder.h"
#include "lib/policy/policy.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "t/simulation/acts.h"
#include "t/simulation/clockwork.h"
#include "t/simulation/hour.h"
#include "t/simulation/model.h"
#include "t/simulation/process.h"
#include "t/simulation/simulate.h"
#include "t/simulation/world.h"

/* What was read so long before the act may have changed since (PIN_STALE of the engine, and the call itself). */
enum { RACE = 300 };
/* A clock that is set by less than this is not noticed (CLOCK_JUMP of the ledger). */
enum { UNNOTICED = 60 * 1000 };
/* The engine's, between two answers about one input. */
enum { INPUT_JITTER = 1000 };

static uint64_t seed_now;
static const struct policy *policies_now;
static size_t policy_count;
struct check_sums sums;

void check_failed(const char *format, ...)
{
	char time[TIME_TEXT_SIZE];
	va_list values;

	time_format(time, sizeof time, virtual_time.now);
	fflush(stdout);
	fprintf(stderr, "FAILED seed %" PRIu64 ", %s, after %" PRIu64 " events: ", seed_now, time, world.events);
	va_start(values, format);
	vfprintf(stderr, format, values);
	va_end(values);
	fprintf(stderr, "\n");
	exit(1);
}

void check_begin(uint64_t seed, const struct settings *settings)
{
	seed_now = seed;
	memset(&sums, 0, sizeof sums);
	decisions_clear();
	acts_begin(settings);
	hour_begin(settings);
	model_begin();
}

void check_policies(const struct policy *policies, size_t count)
{
	policies_now = policies;
	policy_count = count;
	hour_policy(&policies[0]);
}

void check_run_begin(const struct process *process)
{
	decisions_begin(process);
	sums.runs++;
}

void check_run_end(const struct process *process, bool said)
{
	decisions_end(process);
	acts_run_end(process, said);
}

/* By what is true, and not in the very moment in which his screen was locked. */
static bool is_its_policy(const struct policy *policy, const struct seat *seat)
{
	const struct policy *first = truth_policy(policies_now, policy_count, seat);

	return seat->locked_at > virtual_time.now - 3 * MINUTE ||
	       (first != NULL && strcmp(first->name, policy->name) == 0);
}

/* Whoever is touched, by whatever. */
static const struct policy *check_touched(const struct seat *seat, const struct policy_decision *decision)
{
	const struct policy *policy = decision->policy;

	if (seat->class != CLASS_USER || seat->own == FLAG_YES || seat->person == NULL)
		check_failed("session b%" PRIu64 " on %s is nobody's to touch", seat->serial, seat->host->name);
	if (!is_its_policy(policy, seat))
		check_failed("%s on %s: %s is not the policy that means him first", seat->person->name,
		             seat->host->name, policy->name);
	if (truth_exempt(policy, seat))
		check_failed("%s on %s is exempt (%s)", seat->person->name, seat->host->name, policy->name);
	if (!seat->person->group_known && policy->groups.count + policy->exempt_groups.count > 0)
		check_failed("%s on %s may be exempt by his group (%s)", seat->person->name, seat->host->name,
		             policy->name);
	/* Two looks with the job between them tell of it. */
	if (policy->protect_busy && seat_works(seat) &&
	    seat->job_at + 3 * simulation.interval + MINUTE < virtual_time.now)
		check_failed("%s on %s has a job that is at work (%s)", seat->person->name, seat->host->name,
		             policy->name);
	return policy;
}

struct policy_decision check_message(struct seat *seat, const struct action *action)
{
	int64_t told_input;
	const struct policy_decision *decision = decision_of(seat, &told_input);
	const struct policy *policy = check_touched(seat, decision);

	if (decision->step != POLICY_WARN || decision->rung >= policy->lead_count)
		check_failed("a message to %s that is no warning", seat->person->name);
	if (action->answer_wait > 0 && (!policy->snooze.known || seat->snoozes >= policy->snooze_most))
		check_failed("%s has had more time %u times, and is asked again (%s)", seat->person->name,
		             seat->snoozes, policy->name);
	acts_add(seat, ACT_MESSAGE);
	return *decision;
}

void check_shown(struct seat *seat, const struct policy_decision *decision, bool shown)
{
	seat_message(seat, shown, decision->policy->name, decision->cause, (unsigned)decision->rung);
	seat->promised_at[decision->cause] = virtual_time.now + decision->end_at - time_wall();
	sums.warnings++;
}

void check_snoozed(const char *birth, int64_t until)
{
	struct seat *seat = seat_by_serial(strtoull(birth + 1, NULL, 10));

	sums.answers++;
	if (seat == NULL)
		return;
	seat->snoozes++;
	seat->snoozed_at = virtual_time.now;
	seat->snoozed_until = virtual_time.now + until - time_wall();
}

/* Small changes of clocks, and the way from the decision to the act. */
static int64_t tolerance(void)
{
	return world.clock_jump_mean > 0 ? UNNOTICED + 2000 : 1000;
}

/* Was the host's clock set since, so that its times mean nothing?  That is said, and cannot be helped. */
static bool clock_was_set(const struct seat *seat, int64_t since)
{
	return seat->host->clock_set_at >= since;
}

/* The time that he has asked for, unless a clock was set since: then all times are worth nothing. */
static bool has_more_time(const struct seat *seat)
{
	return seat->snoozed_at > 0 && !clock_was_set(seat, seat->snoozed_at) &&
	       simulation.clock_set_at < seat->snoozed_at;
}

static void check_cause(const struct seat *seat, const struct policy_decision *decision, int64_t pinned_at,
                        int64_t told_input)
{
	const struct policy *policy = decision->policy;
	int64_t over = truth_over_since(policy, seat, decision->cause);
	bool input_counts = decision->cause == CAUSE_IDLE || decision->cause == CAUSE_DISCONNECTED;

	if (decision->cause == CAUSE_DEADLINE) {
		if (!truth_open(policy, &policy->deadline, time_wall()))
			check_failed("%s: the deadline has not come (%s)", seat->person->name, policy->name);
		return;
	}
	if (!truth_open(policy, &policy->when, time_wall()))
		check_failed("%s: outside of the times of %s", seat->person->name, policy->name);
	if (input_counts && seat->input_at <= pinned_at && pinned_at - seat->input_at < RACE + INPUT_JITTER)
		check_failed("%s on %s had input just before", seat->person->name, seat->host->name);
	if (input_counts && seat->input_at <= pinned_at && seat->host->tells_input && seat->state == STATE_ACTIVE &&
	    seat->input.at > told_input + INPUT_JITTER + seat->host->jitter && !clock_was_set(seat, pinned_at - HOUR))
		check_failed("%s on %s had input since he was listed", seat->person->name, seat->host->name);
	if (seat->input_at > pinned_at && virtual_time.now - pinned_at <= RACE)
		return; /* in the moment between */
	if (virtual_time.now + tolerance() < over && !clock_was_set(seat, over - policy->limit[decision->cause].length))
		check_failed("%s on %s is not over the %s limit of %s: %" PRId64 " s too early", seat->person->name,
		             seat->host->name, policy_cause_name(decision->cause), policy->name,
		             (over - virtual_time.now) / 1000);
}

/* Every rung's message, in its turn and in time, in this episode. */
static void check_warned(const struct seat *seat, const struct policy_decision *decision)
{
	const struct policy *policy = decision->policy;
	int64_t since =
	    decision->cause == CAUSE_IDLE && seat->input_at > seat->connect_at ? seat->input_at : seat->connect_at;
	size_t rung = 0, first = seat->message_count > MESSAGES_KEPT ? seat->message_count - MESSAGES_KEPT : 0;

	/* Who got more time is warned anew before that is over. */
	if (has_more_time(seat) && policy->lead_count > 0 && seat->snoozed_until - policy->lead[0] > since)
		since = seat->snoozed_until - policy->lead[0] - tolerance();
	/* With "unwarned = act" one that did not arrive counts, and the farm knows only of those that did. */
	if (seat->state != STATE_ACTIVE || policy->unwarned_too)
		return;
	for (size_t i = first; i < seat->message_count && rung < policy->lead_count; i++) {
		size_t at = i % MESSAGES_KEPT;

		if (seat->messages[at].at + INPUT_JITTER >= since && seat->messages[at].cause == decision->cause &&
		    strcmp(seat->messages[at].policy, policy->name) == 0 && seat->messages[at].rung == rung &&
		    seat->messages[at].shown &&
		    seat->messages[at].at + policy->lead[rung] <=
		        virtual_time.now + tolerance() + ladder_slack(policy->lead[rung]))
			rung++;
	}
	if (rung < policy->lead_count)
		check_failed("%s on %s was not warned as %s says: %zu of %zu", seat->person->name, seat->host->name,
		             policy->name, rung, policy->lead_count);
	if (policy->lead_count > 0 && seat->promised_at[decision->cause] > virtual_time.now + tolerance() &&
	    seat->messages[(seat->message_count - 1) % MESSAGES_KEPT].cause == decision->cause)
		check_failed("%s on %s was promised %" PRId64 " s more", seat->person->name, seat->host->name,
		             (seat->promised_at[decision->cause] - virtual_time.now) / 1000);
}

void check_end(struct seat *seat, int64_t pinned_at, enum act act)
{
	int64_t told_input;
	const struct policy_decision *decision = decision_of(seat, &told_input);

	check_touched(seat, decision);
	if ((act == ACT_DISCONNECT && decision->step != POLICY_DISCONNECT) ||
	    (act == ACT_LOGOFF && decision->step != POLICY_LOGOFF))
		check_failed("%s on %s: another act was decided", seat->person->name, seat->host->name);
	check_cause(seat, decision, pinned_at, told_input);
	check_warned(seat, decision);
	if (has_more_time(seat) && seat->snoozed_until > virtual_time.now + tolerance())
		check_failed("%s on %s has %" PRId64 " s more, for which he has asked", seat->person->name,
		             seat->host->name, (seat->snoozed_until - virtual_time.now) / 1000);
	hour_add(seat, act);
	acts_add(seat, act);
	sums.disconnects += act == ACT_DISCONNECT;
	sums.logoffs += act == ACT_LOGOFF;
}
