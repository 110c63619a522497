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

#include "lib/act/limits.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/policy/ladder.h"
#include "lib/policy/policy.h"
#include "lib/session/session.h"
#include "t/simulation/clockwork.h"
#include "t/simulation/journal.h"
#include "t/simulation/process.h"
#include "t/simulation/simulate.h"
#include "t/simulation/world.h"

/* What was read so long before the act may have changed since (PIN_STALE of the engine, and the call itself). */
enum { RACE = 300 };
/* A clock that is set by less than this is not noticed (CLOCK_JUMP of the ledger). */
enum { UNNOTICED = 60 * 1000 };
/* The engine's, between two answers about one input. */
enum { INPUT_JITTER = 1000 };

/* What a run has decided to do. */
struct intention {
	uint64_t serial;
	int64_t told_input;
	struct policy_decision decision;
};
static struct run_record {
	int pid;
	struct intention *intentions;
	size_t count, allocated;
} records[PROCESSES_MOST];

/* Ends of the last hours. */
struct done {
	int64_t at;
	const struct farm_host *host;
	bool logoff;
};
static struct done *dones;
static size_t done_count, done_allocated;

static uint64_t seed_now;
static const struct settings *settings_now;
static int64_t interval_now;
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

void check_begin(uint64_t seed, const struct settings *settings, int64_t interval)
{
	seed_now = seed;
	settings_now = settings;
	interval_now = interval;
	done_count = 0;
	memset(&sums, 0, sizeof sums);
	for (size_t i = 0; i < PROCESSES_MOST; i++)
		records[i].pid = 0;
}

static struct run_record *record_of(int pid)
{
	for (size_t i = 0; i < PROCESSES_MOST; i++)
		if (records[i].pid == pid)
			return &records[i];
	check_failed("process %d was not begun", pid);
}

void check_run_begin(struct process *process)
{
	struct run_record *record = record_of(0);

	record->pid = process->pid;
	record->count = 0;
	sums.runs++;
}

void check_run_end(const struct process *process)
{
	record_of(process->pid)->pid = 0;
}

/* What has to be known before anything is decided: the engine would refuse some of it, too. */
static void check_protections(const struct policy_subject *subject, const struct policy_decision *decision)
{
	const struct session *session = subject->session;
	const struct seat *seat = seat_by_serial(strtoull(session->birth + 1, NULL, 10));
	const char *what = NULL;

	if (decision->step != POLICY_WARN && subject->history->looks < 2)
		what = "seen only once";
	else if (!subject->snapshot->complete)
		what = "of a list that was cut short";
	else if (subject->clock_unsteady)
		what = "of a host whose clock was set";
	else if (session->class != CLASS_USER || session->own == FLAG_YES || session->birth[0] == '\0')
		what = "nobody's to touch";
	else if (seat != NULL && seat->person != NULL && truth_exempt(decision->policy, seat))
		what = "exempt";
	if (what != NULL)
		check_failed("session %s on %s is %s, and yet the decision is: %s", session->birth, session->host, what,
		             policy_step_name(decision->step));
}

void check_decision(const struct policy_set *set, const struct policy_subject *subject,
                    const struct policy_decision *decision)
{
	struct run_record *record;
	struct intention *intention;

	sums.decisions++;
	if (decision->step == POLICY_LEAVE) {
		sums.reasons[decision->reason]++;
		return;
	}
	if (process_now->dead)
		return;
	check_protections(subject, decision);
	record = record_of(process_now->pid);
	if (record->count == record->allocated) {
		record->allocated = record->allocated * 2 + 16;
		record->intentions = must_realloc(record->intentions, record->allocated * sizeof *record->intentions);
	}
	intention = &record->intentions[record->count++];
	*intention = (struct intention){strtoull(subject->session->birth + 1, NULL, 10),
	                                subject->session->last_input.at, *decision};
	(void)set;
}

static const struct policy_decision *intention_find(const struct seat *seat, int64_t *told_input)
{
	const struct run_record *record = record_of(process_now->pid);

	for (size_t i = 0; i < record->count; i++)
		if (record->intentions[i].serial == seat->serial) {
			*told_input = record->intentions[i].told_input;
			return &record->intentions[i].decision;
		}
	check_failed("session b%" PRIu64 " on %s: nobody has decided about it", seat->serial, seat->host->name);
}

/* Whoever is touched, by whatever. */
static const struct policy *check_touched(const struct seat *seat, const struct policy_decision *decision)
{
	const struct policy *policy = decision->policy;

	if (seat->class != CLASS_USER || seat->own == FLAG_YES || seat->person == NULL)
		check_failed("session b%" PRIu64 " on %s is nobody's to touch", seat->serial, seat->host->name);
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

void check_message(struct seat *seat)
{
	int64_t told_input;
	const struct policy_decision *decision = intention_find(seat, &told_input);
	const struct policy *policy = check_touched(seat, decision);

	if (decision->step != POLICY_WARN || decision->rung >= policy->lead_count)
		check_failed("a message to %s that is no warning", seat->person->name);
	seat_message(seat, seat->host->delivers, decision->cause, (unsigned)decision->rung);
	seat->promised_at[decision->cause] = virtual_time.now + decision->end_at - time_wall();
	sums.warnings++;
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

	/* With "unwarned = act" one that did not arrive counts, and the farm knows only of those that did. */
	if (seat->state != STATE_ACTIVE || policy->unwarned_too)
		return;
	for (size_t i = first; i < seat->message_count && rung < policy->lead_count; i++) {
		size_t at = i % MESSAGES_KEPT;

		if (seat->messages[at].at + INPUT_JITTER >= since && seat->messages[at].cause == decision->cause &&
		    seat->messages[at].rung == rung && seat->messages[at].shown &&
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

static void done_add(const struct seat *seat, enum act act)
{
	size_t kept = 0;

	for (size_t i = 0; i < done_count; i++)
		if (dones[i].at > virtual_time.now - HOUR)
			dones[kept++] = dones[i];
	done_count = kept;
	if (done_count == done_allocated) {
		done_allocated = done_allocated * 2 + 64;
		dones = must_realloc(dones, done_allocated * sizeof *dones);
	}
	dones[done_count++] = (struct done){virtual_time.now, seat->host, act == ACT_LOGOFF};
}

/* The hour before.  Handlers count by their own clock: when that is set, an hour begins anew, or ends. */
static void check_limits(const struct seat *seat)
{
	uint64_t total = settings_now->max_acts_total;
	uint64_t all = 1, here = 1;

	if (total == 0)
		total = settings_now->max_acts > ACTS_TOTAL ? settings_now->max_acts : ACTS_TOTAL;
	for (size_t i = 0; i < done_count; i++) {
		if (dones[i].at <= virtual_time.now - HOUR + 1000 || dones[i].at <= simulation.clock_set_at)
			continue;
		all++;
		here += dones[i].host == seat->host;
	}
	if (all > total)
		check_failed("%" PRIu64 " ends in an hour, and --max-acts-total is %" PRIu64, all, total);
	if (here > settings_now->max_acts)
		check_failed("%" PRIu64 " ends on %s in an hour, and --max-acts is %" PRIu64, here, seat->host->name,
		             settings_now->max_acts);
}

void check_end(struct seat *seat, int64_t pinned_at, enum act act)
{
	int64_t told_input;
	const struct policy_decision *decision = intention_find(seat, &told_input);

	check_touched(seat, decision);
	if ((act == ACT_DISCONNECT && decision->step != POLICY_DISCONNECT) ||
	    (act == ACT_LOGOFF && decision->step != POLICY_LOGOFF))
		check_failed("%s on %s: another act was decided", seat->person->name, seat->host->name);
	check_cause(seat, decision, pinned_at, told_input);
	check_warned(seat, decision);
	check_limits(seat);
	done_add(seat, act);
	if (!journal_intends(process_now->pid, seat->birth))
		check_failed("%s on %s is ended, and no intent is on the disk", seat->person->name, seat->host->name);
	sums.disconnects += act == ACT_DISCONNECT;
	sums.logoffs += act == ACT_LOGOFF;
}
