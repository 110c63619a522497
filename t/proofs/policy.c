/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy_decide(): whom it touches and when, for every session, history, policy and clock.  What it asks of others is
 * any answer that they may give: whom a policy means and exempts (match.c), who is at work or pressed (need.c), where
 * on the ladder a session stands (ladder.c); when the windows open is what schedule.h says of it.
 */
#include "t/proofs/proof.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/text.h"
#include "lib/policy/ladder.h"
#include "lib/policy/policy.h"
#include "lib/policy/policy_need.h"
#include "lib/policy/schedule.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "t/proofs/ladder.h"

/* One that is asked first, and one behind it: more are more turns of the same loop. */
enum { POLICIES = 2 };

static enum match means[POLICIES], exempts[POLICIES];
static enum policy_reason work;
static bool pressed;
static struct policy policies[POLICIES];
/* Of the first, the second, or one that is none of them.  One set: with two the solver did not end in 240 s of CPU, and
   more of them are more turns of the same loop, which t/unit/policy takes. */
enum { SETS = 1 };
static struct policy_warnings sets[SETS];

enum match policy_means(const struct policy *policy, const struct policy_subject *subject)
{
	(void)subject;
	return means[policy == &policies[0] ? 0 : 1];
}

enum match policy_exempts(const struct policy *policy, const struct policy_subject *subject)
{
	(void)subject;
	return exempts[policy == &policies[0] ? 0 : 1];
}

enum policy_reason policy_busy(const struct policy *policy, const struct policy_subject *subject)
{
	(void)policy, (void)subject;
	return work;
}

bool policy_pressed(const struct policy *policy, const struct policy_subject *subject)
{
	(void)policy, (void)subject;
	return pressed;
}

struct opening schedule_look(const struct schedule *schedule, const struct zone *zone, const struct holidays *holidays,
                             int64_t now)
{
	struct opening opening = {.open = nondet_bool(), .again = nondet_bool()};

	(void)zone, (void)holidays;
	if (schedule->count == 0)
		return (struct opening){.open = true, .opened_at = INT64_MIN, .closes_at = INT64_MAX};
	opening.opened_at = any_time();
	opening.closes_at = any_time();
	opening.next_at = any_time();
	ASSUME(!opening.open || (opening.opened_at <= now && opening.closes_at > now));
	ASSUME(opening.next_at > now);
	return opening;
}

struct ladder_place ladder_climb(const struct ladder *ladder, int64_t now)
{
	struct ladder_place place;
	unsigned next = nondet_unsigned();

	PROVE(ladder_asked_well(ladder), "policy 1: the ladder is asked what its own proof is about");
	ASSUME(next <= POLICY_LOGOFF);
	place.next = next;
	place.rung = nondet_unsigned();
	place.next_at = nondet_int64();
	place.end_at = nondet_int64();
	place.closing = nondet_bool();
	ASSUME(climb_stays_within(&place));
	ASSUME(climb_steps(ladder, &place) && climb_skips_none(ladder, now, &place) &&
	       climb_keeps_times(ladder, &place) && climb_waits(ladder, &place) && climb_closes(ladder, now, &place));
	return place;
}

static enum match any_match(void)
{
	unsigned match = nondet_unsigned();

	ASSUME(match <= MATCH_UNKNOWN);
	return match;
}

static struct span any_limit(void)
{
	struct span span = {nondet_bool(), nondet_int64()};

	ASSUME(span.length > 0 && span.length <= LENGTH_LIMIT);
	return span;
}

/* As lib/config/config_policy.c lets it through. */
static void policy_fill(struct policy *policy)
{
	for (unsigned cause = 0; cause < CAUSE_COUNT; cause++) {
		policy->limit[cause] = any_limit();
		policy->end[cause] = nondet_bool() ? POLICY_DISCONNECT : POLICY_LOGOFF;
	}
	policy->end[CAUSE_DISCONNECTED] = POLICY_LOGOFF;
	policy->when.count = nondet_bool();
	policy->deadline.count = nondet_bool();
	policy->count_seen = nondet_bool();
	policy->lead_count = nondet_unsigned();
	ASSUME(policy->lead_count <= RUNGS);
	for (size_t i = 0; i < RUNGS; i++)
		policy->lead[i] = any_limit().length;
	policy->unwarned_too = nondet_bool();
	policy->snooze = any_limit();
	policy->snooze_most = nondet_unsigned();
}

static void history_fill(struct policy_history *history)
{
	unsigned state;

	history->looks = nondet_unsigned();
	history->state_since = any_moment();
	history->snoozed_until = nondet_bool() ? any_time() : 0;
	history->snoozes = nondet_unsigned();
	history->warnings = nondet_bool() ? &sets[0] : NULL;
	sets[0].next = NULL;
	for (unsigned set = 0; set < SETS; set++) {
		unsigned cause = nondet_unsigned();

		ASSUME(cause < CAUSE_COUNT);
		sets[set].policy = nondet_bool() ? "a" : nondet_bool() ? "b" : "c";
		sets[set].cause = cause;
		sets[set].end = nondet_bool() ? POLICY_DISCONNECT : POLICY_LOGOFF;
		sets[set].began = any_time();
		for (size_t i = 0; i < RUNGS; i++) {
			state = nondet_unsigned();
			ASSUME(state <= WARNING_UNDELIVERED);
			sets[set].rung[i].state = state;
			sets[set].rung[i].at = any_time();
			sets[set].rung[i].end_at = any_time();
		}
	}
}

/* The set of this policy and cause that announced this end, in this very episode; SETS: there is none. */
static unsigned set_of(const struct policy_decision *decision, const struct policy_subject *subject)
{
	const bool there[SETS] = {subject->history->warnings != NULL};
	unsigned found = SETS;

	for (unsigned set = 0; set < SETS; set++)
		if (there[set] && sets[set].policy[0] == decision->policy->name[0] &&
		    sets[set].cause == decision->cause && sets[set].end == decision->policy->end[decision->cause] &&
		    sets[set].began >= decision->began - BEGAN_JITTER &&
		    sets[set].began <= decision->began + BEGAN_JITTER)
			found = set;
	return found;
}

/* A warning of it that reached the user; the policy may waive the last. */
static bool warned(const struct policy_decision *decision, const struct policy_subject *subject, size_t rung,
                   int64_t now)
{
	const unsigned set = set_of(decision, subject);

	return set < SETS && sets[set].rung[rung].at <= now &&
	       (sets[set].rung[rung].state == WARNING_GIVEN ||
	        (sets[set].rung[rung].state == WARNING_UNDELIVERED && decision->policy->unwarned_too));
}

/* The end comes not before what each warning told, and leaves the time of each. */
static bool kept_its_word(const struct policy_decision *decision, const struct policy_subject *subject, size_t rung,
                          int64_t now)
{
	const unsigned set = set_of(decision, subject);

	return set < SETS && sets[set].rung[rung].end_at <= now &&
	       time_was_left(sets[set].rung[rung].at, now, decision->policy->lead[rung]);
}

static void prove_limit(const struct policy_decision *decision, const struct policy_set *set,
                        const struct policy_subject *subject)
{
	const struct session *session = subject->session;
	const struct policy *policy = decision->policy;

	PROVE(set->moments[policy - policies].when.open,
	      "policy 20: a limit ends nobody outside of the policy's times");
	PROVE(policy->limit[decision->cause].known, "policy 21: there is such a limit");
	PROVE(pressed, "policy 22: its host needs the room, where the policy asks");
	if (decision->cause == CAUSE_IDLE) {
		PROVE(session->state == STATE_ACTIVE && session->last_input.is == MOMENT_KNOWN,
		      "policy 23: idle: it is active, and its last input is known");
		PROVE(decision->began == session->last_input.at,
		      "policy 24: idle: the warnings were of this very input");
	} else if (decision->cause == CAUSE_DISCONNECTED) {
		PROVE(session->state == STATE_DISCONNECTED, "policy 25: disconnected: it is");
		PROVE(session->disconnect_time.is == MOMENT_KNOWN ||
		          (policy->count_seen && subject->history->state_since.is == MOMENT_KNOWN),
		      "policy 26: disconnected: since when is known, from its host or from our sight if the policy "
		      "says so");
	} else {
		PROVE(session->logon_time.is == MOMENT_KNOWN, "policy 27: length: the logon is known");
	}
}

static void prove_end(const struct policy_decision *decision, const struct policy_set *set,
                      const struct policy_subject *subject)
{
	const struct session *session = subject->session;
	const struct policy *policy = decision->policy;
	const bool deaf = (subject->capabilities & CAN_MESSAGE) == 0 && policy->unwarned_too;

	PROVE(subject->history->looks >= 2, "policy 13: who is ended was seen twice");
	PROVE(decision->step == policy->end[decision->cause], "policy 14: the end is the policy's");
	PROVE((subject->capabilities & (decision->step == POLICY_LOGOFF ? CAN_LOGOFF : CAN_DISCONNECT)) != 0,
	      "policy 15: the system has such an act");
	PROVE(decision->step == POLICY_LOGOFF || session->state == STATE_ACTIVE,
	      "policy 16: who is disconnected was active");
	PROVE(subject->history->snoozed_until == 0 || subject->history->snoozed_until <= set->now,
	      "policy 17: who asked for more time has it");
	for (size_t i = 0; i < RUNGS; i++)
		PROVE(session->state != STATE_ACTIVE || deaf || i >= policy->lead_count ||
		          (warned(decision, subject, i, set->now) && kept_its_word(decision, subject, i, set->now)),
		      "policy 18: this policy gave every warning, of this end, and kept its word");
	if (decision->cause == CAUSE_DEADLINE)
		PROVE(policy->deadline.count > 0 && set->moments[policy - policies].deadline.open,
		      "policy 19: deadline: it has come, and is not over");
	else
		prove_limit(decision, set, subject);
}

static void prove_warning(const struct policy_decision *decision, const struct policy_set *set,
                          const struct policy_subject *subject)
{
	PROVE(subject->session->state == STATE_ACTIVE, "policy 28: who is warned is there");
	PROVE(decision->rung < decision->policy->lead_count, "policy 29: the rung is one of the policy's");
	for (size_t i = 0; i < RUNGS; i++)
		PROVE(i >= decision->rung || warned(decision, subject, i, set->now), "policy 30: no rung is skipped");
	PROVE(decision->cause == CAUSE_DEADLINE || set->moments[decision->policy - policies].when.open,
	      "policy 31: no warning of a limit outside of the policy's times");
}

/* Whatever the step is. */
static void prove_touched(const struct policy_decision *decision, const struct policy_set *set,
                          const struct policy_subject *subject)
{
	const struct session *session = subject->session;
	const bool first = decision->policy == &policies[0];

	PROVE(means[0] == MATCH_YES || (!first && means[0] == MATCH_NO && means[1] == MATCH_YES),
	      "policy 2: the first policy that means it, and none before it that may");
	PROVE(exempts[first ? 0 : 1] == MATCH_NO, "policy 3: neither exempt nor perhaps exempt");
	PROVE(subject->snapshot->complete, "policy 4: the list is whole");
	PROVE(session->class == CLASS_USER && session->user[0] != '\0', "policy 5: a user session");
	PROVE(session->own != FLAG_YES, "policy 6: not the caller's own");
	PROVE(session->birth[0] != '\0', "policy 7: with a birth");
	PROVE(session->state == STATE_ACTIVE || session->state == STATE_DISCONNECTED, "policy 8: its state is known");
	PROVE(!subject->clock_unsteady, "policy 9: no clock was set");
	PROVE(work == WHY_DUE, "policy 10: neither at work nor perhaps at work");
	PROVE(session->state != STATE_ACTIVE || decision->policy->lead_count == 0 || decision->policy->unwarned_too ||
	          (subject->capabilities & CAN_MESSAGE) != 0,
	      "policy 11: where a warning is due and cannot be given, nothing is done");
	PROVE(decision->next_at <= set->now && decision->reason == WHY_DUE, "policy 12: its time has come");
}

static void show_what_can_be(const struct policy_decision *decision, const struct policy_subject *subject)
{
	const bool active = subject->session->state == STATE_ACTIVE;

	WITNESS(decision->step == POLICY_WARN && decision->rung == RUNGS - 1, "policy: the last warning");
	WITNESS(decision->step == POLICY_DISCONNECT && decision->policy->lead_count == RUNGS,
	        "policy: a disconnect after all");
	WITNESS(decision->step == POLICY_LOGOFF && decision->cause == CAUSE_IDLE, "policy: a log-off of who is idle");
	WITNESS(decision->step == POLICY_LOGOFF && !active, "policy: a log-off of who is disconnected");
	WITNESS(decision->step == POLICY_LOGOFF && decision->cause == CAUSE_LENGTH, "policy: a log-off for the length");
	WITNESS(decision->step == POLICY_LOGOFF && decision->cause == CAUSE_DEADLINE && active, "policy: a deadline");
	WITNESS(decision->step != POLICY_LEAVE && decision->policy == &policies[1],
	        "policy: an act of the second policy");
}

static void decide_any(const struct policy_set *set, const struct policy_subject *subject)
{
	struct policy_decision decision = policy_decide(set, subject);

	PROVE(set->count > 0 || decision.step == POLICY_LEAVE, "policy 32: no policy, no act");
	PROVE((decision.reason == WHY_DUE) == (decision.step != POLICY_LEAVE),
	      "policy 33: only what is due is done, and all of it");
	show_what_can_be(&decision, subject);
	if (decision.step == POLICY_LEAVE)
		return;
	prove_touched(&decision, set, subject);
	if (decision.step == POLICY_WARN)
		prove_warning(&decision, set, subject);
	else
		prove_end(&decision, set, subject);
}

int main(void)
{
	struct session session = any_session();
	struct policy_moment moments[POLICIES];
	struct policy_history history;
	struct snapshot snapshot = {.complete = nondet_bool(), .sessions = &session, .count = 1};
	struct policy_subject subject = {
	    .target = "t", .snapshot = &snapshot, .session = &session, .history = &history};
	struct policy_set set;
	unsigned count = nondet_unsigned(), reason = nondet_unsigned();

	snapshot.now = any_time();
	subject.capabilities = nondet_unsigned();
	subject.clock_unsteady = nondet_bool();
	ASSUME(reason == WHY_DUE || reason == WHY_BUSY || reason == WHY_BUSY_UNKNOWN);
	work = reason;
	pressed = nondet_bool();
	history_fill(&history);
	for (int i = 0; i < POLICIES; i++) {
		policy_fill(&policies[i]);
		policies[i].name = i == 0 ? "a" : "b";
		means[i] = any_match();
		exempts[i] = any_match();
	}
	ASSUME(count <= POLICIES);
	policy_set_make(&set, policies, count, moments, any_time());
	decide_any(&set, &subject);
	return 0;
}
