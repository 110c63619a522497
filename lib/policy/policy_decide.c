/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/judge/classify.h"
#include "lib/policy/ladder.h"
#include "lib/policy/policy.h"
#include "lib/policy/policy_need.h"
#include "lib/policy/schedule.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"

/* One look is not enough to end a session. */
enum { LOOKS_LEAST = 2 };

/* The inputs of one decision. */
struct matter {
	const struct policy_set *set;
	const struct policy_subject *subject;
	const struct policy *policy;
	const struct policy_moment *moment;
	struct classification classification;
};

/* When a limit began to count, and how much of it has passed. */
struct count {
	bool applies;       /* the limit applies to a session in this state */
	struct span length; /* the time that has passed */
	int64_t began;      /* struct policy_warnings */
};

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

void policy_set_make(struct policy_set *set, const struct policy *policies, size_t count, struct policy_moment *moments,
                     int64_t now)
{
	*set = (struct policy_set){policies, moments, count, now};
	for (size_t i = 0; i < count; i++) {
		const struct policy *policy = &policies[i];

		moments[i].when = schedule_look(&policy->when, policy->zone, &policy->holidays, now);
		moments[i].deadline = schedule_look(&policy->deadline, policy->zone, &policy->holidays, now);
	}
}

/* Why no policy may end this session, or WHY_DUE. */
static enum policy_reason protection(const struct session *session)
{
	if (session->class != CLASS_USER || session->user[0] == '\0')
		return WHY_NO_USER;
	if (session->own == FLAG_YES)
		return WHY_OWN;
	return session->birth[0] == '\0' ? WHY_NO_BIRTH : WHY_DUE;
}

/* Finds the first policy that applies to the session.  If it is unknown whether one applies, no later policy may. */
static enum policy_reason policy_choose(struct matter *matter)
{
	for (size_t i = 0; i < matter->set->count; i++) {
		enum match means = policy_means(&matter->set->policies[i], matter->subject);

		if (means == MATCH_NO)
			continue;
		matter->policy = &matter->set->policies[i];
		matter->moment = &matter->set->moments[i];
		return means == MATCH_YES ? WHY_DUE : WHY_MEANING_UNKNOWN;
	}
	return WHY_NONE_MEANS;
}

/* Checks what has to be known before any limit counts. */
static enum policy_reason exemption(const struct matter *matter)
{
	switch (policy_exempts(matter->policy, matter->subject)) {
	case MATCH_YES:
		return WHY_EXEMPT;
	case MATCH_UNKNOWN:
		return WHY_EXEMPT_UNKNOWN;
	case MATCH_NO:
		break;
	}
	if (!matter->subject->snapshot->complete)
		return WHY_INCOMPLETE;
	return matter->classification.state_unknown ? WHY_STATE_UNKNOWN : WHY_DUE;
}

static struct count count_disconnected(const struct matter *matter)
{
	const struct moment *seen = &matter->subject->history->state_since;
	struct count count = {.applies = true, .length = matter->classification.disconnected};

	count.began = matter->subject->session->disconnect_time.at;
	if (!count.length.known && matter->policy->count_seen && seen->is == MOMENT_KNOWN &&
	    seen->at <= matter->set->now) {
		count.length = (struct span){true, matter->set->now - seen->at};
		count.began = seen->at;
	}
	return count;
}

static struct count count_length(const struct matter *matter)
{
	const struct session *session = matter->subject->session;
	int64_t host_now = matter->subject->snapshot->now + session->clock_ahead;
	int64_t length = host_now - session->logon_time.at;

	return (struct count){
	    .applies = true,
	    .length = {session->logon_time.is == MOMENT_KNOWN && length >= 0, length},
	    .began = session->logon_time.at,
	};
}

/* How much of the limit has passed.  A disconnected session is not disconnected again. */
static struct count count_of(const struct matter *matter, enum policy_cause cause)
{
	const struct session *session = matter->subject->session;
	bool active = session->state == STATE_ACTIVE, disconnected = session->state == STATE_DISCONNECTED;
	bool can_end = active || (disconnected && matter->policy->end[cause] == POLICY_LOGOFF);

	switch (cause) {
	case CAUSE_IDLE:
		if (active && matter->policy->limit[cause].known)
			return (struct count){true, matter->classification.idle, session->last_input.at};
		break;
	case CAUSE_DISCONNECTED:
		if (disconnected && can_end && matter->policy->limit[cause].known)
			return count_disconnected(matter);
		break;
	case CAUSE_LENGTH:
		if (can_end && matter->policy->limit[cause].known)
			return count_length(matter);
		break;
	case CAUSE_DEADLINE:
	case CAUSE_COUNT:
		break;
	}
	return (struct count){0};
}

/* The policy's own warnings of this episode; an input, a new logon, another deadline begins another. */
static const struct policy_warnings *warnings_of(const struct matter *matter, enum policy_cause cause, int64_t began)
{
	const struct policy_warnings *warnings = matter->subject->history->warnings;

	while (warnings != NULL && (warnings->cause != cause || strcmp(warnings->policy, matter->policy->name) != 0))
		warnings = warnings->next;
	if (warnings == NULL || warnings->end != matter->policy->end[cause])
		return NULL;
	return warnings->began >= began - BEGAN_JITTER && warnings->began <= began + BEGAN_JITTER ? warnings : NULL;
}

/* When its client connected, on our clock: a user who came back is warned again. */
static int64_t connected_at(const struct matter *matter)
{
	const struct session *session = matter->subject->session;
	int64_t host_now = matter->subject->snapshot->now + session->clock_ahead;

	return session->connect_time.is == MOMENT_KNOWN ? matter->set->now - host_now + session->connect_time.at
	                                                : INT64_MIN;
}

/* The ladder of the limit, without the times of its policy. */
static struct ladder ladder_of(const struct matter *matter, enum policy_cause cause, int64_t began)
{
	const struct policy *policy = matter->policy;
	bool deaf = (matter->subject->capabilities & CAN_MESSAGE) == 0 && policy->unwarned_too;

	return (struct ladder){
	    .lead = policy->lead,
	    .lead_count = matter->subject->session->state == STATE_ACTIVE && !deaf ? policy->lead_count : 0,
	    .unwarned_too = policy->unwarned_too,
	    .warnings = warnings_of(matter, cause, began),
	    .warn_from = connected_at(matter),
	    .end = policy->end[cause],
	};
}

/* After a request for more time the end is later, and only warnings of the new end count. */
static void ladder_snooze(struct ladder *ladder, int64_t until)
{
	int64_t first_lead = ladder->lead_count > 0 ? ladder->lead[0] : 0;

	if (until == 0)
		return;
	ladder->due = later(ladder->due, until);
	ladder->warn_from = later(ladder->warn_from, until - first_lead);
}

/* Not for the other limits: an input restarts them. */
static bool may_snooze(const struct matter *matter, enum policy_cause cause)
{
	return (cause == CAUSE_LENGTH || cause == CAUSE_DEADLINE) && matter->policy->snooze.known &&
	       matter->subject->history->snoozes < matter->policy->snooze_most;
}

/* Why this cause does not end the session; WHY_DUE: it does. */
static enum policy_reason obstacle(const struct matter *matter, enum policy_cause cause)
{
	const struct policy_subject *subject = matter->subject;
	unsigned needed = matter->policy->end[cause] == POLICY_DISCONNECT ? CAN_DISCONNECT : CAN_LOGOFF;

	if ((subject->capabilities & needed) == 0)
		return WHY_UNSUPPORTED;
	if (subject->session->state == STATE_ACTIVE && matter->policy->lead_count > 0 &&
	    !matter->policy->unwarned_too && (subject->capabilities & CAN_MESSAGE) == 0)
		return WHY_NO_WARNING;
	return cause == CAUSE_DEADLINE || policy_pressed(matter->policy, subject) ? WHY_DUE : WHY_NO_PRESSURE;
}

/* Fills the decision from the ladder.  kept: WHY_DUE, or why the session is kept. */
static void decision_place(struct policy_decision *decision, const struct ladder *ladder, enum policy_reason kept,
                           enum policy_reason early, int64_t now)
{
	struct ladder_place place = ladder_climb(ladder, now);

	decision->reason = kept;
	decision->due_known = !place.closing && kept != WHY_NO_PRESSURE;
	decision->due_at = place.due_at;
	if (kept != WHY_DUE)
		return;
	decision->next = place.next;
	decision->next_at = place.next_at;
	decision->rung = place.rung;
	decision->end = ladder->end;
	decision->end_at = place.end_at;
	if (place.closing)
		decision->reason = WHY_CLOSING;
	else if (place.next_at > now)
		decision->reason = place.undelivered ? WHY_UNDELIVERED : early;
	else
		decision->step = place.next;
}

/* Decides by a limit, within the policy's times. */
static void decide_limit(const struct matter *matter, struct policy_decision *decision)
{
	const struct opening *when = &matter->moment->when;
	struct count count = count_of(matter, decision->cause);
	struct ladder ladder = ladder_of(matter, decision->cause, count.began);
	enum policy_reason kept = obstacle(matter, decision->cause);
	int64_t now = matter->set->now;

	decision->began = count.began;
	if (!count.applies)
		decision->reason = WHY_NO_LIMIT;
	else if (!count.length.known)
		decision->reason = WHY_TIME_UNKNOWN;
	else if (!when->open && !when->again)
		decision->reason = kept != WHY_DUE ? kept : WHY_CLOSED;
	else {
		ladder.due = now + matter->policy->limit[decision->cause].length - count.length.length;
		ladder.opened_at = when->open ? when->opened_at : when->next_at;
		ladder.closes_at = when->open ? when->closes_at : INT64_MAX;
		ladder.warn_from = later(ladder.warn_from, ladder.opened_at);
		ladder_snooze(&ladder, matter->subject->history->snoozed_until);
		decision_place(decision, &ladder, kept, when->open ? WHY_EARLY : WHY_CLOSED, now);
	}
}

/* Decides by the deadline: no session may stay from the opening of the window to its end.  Warnings come before. */
static void decide_deadline(const struct matter *matter, struct policy_decision *decision)
{
	const struct opening *deadline = &matter->moment->deadline;
	enum session_state state = matter->subject->session->state;
	struct ladder ladder;

	decision->began = deadline->open ? deadline->opened_at : deadline->next_at;
	if (matter->policy->deadline.count == 0 || (!deadline->open && !deadline->again) ||
	    (state != STATE_ACTIVE && (state != STATE_DISCONNECTED || decision->end != POLICY_LOGOFF)))
		decision->reason = WHY_NO_LIMIT;
	else {
		ladder = ladder_of(matter, decision->cause, decision->began);
		ladder.due = ladder.opened_at = decision->began;
		ladder.closes_at = deadline->open ? deadline->closes_at : INT64_MAX;
		ladder_snooze(&ladder, matter->subject->history->snoozed_until);
		decision_place(decision, &ladder, obstacle(matter, decision->cause), WHY_EARLY, matter->set->now);
	}
}

/* The order of decisions: an end that is due, a warning that is due, a later step, an unknown one. */
static unsigned rank(const struct policy_decision *decision)
{
	if (decision->step != POLICY_LEAVE)
		return decision->step == POLICY_WARN ? 3 : 4;
	if (decision->next != POLICY_LEAVE)
		return 2;
	return decision->reason != WHY_NO_LIMIT ? 1 : 0;
}

static bool comes_before(const struct policy_decision *a, const struct policy_decision *b)
{
	if (rank(a) != rank(b))
		return rank(a) > rank(b);
	return rank(a) >= 2 && a->next_at < b->next_at;
}

/* Why a step that is due is not taken now. */
static enum policy_reason hold(const struct matter *matter, enum policy_step step)
{
	const struct policy_subject *subject = matter->subject;
	enum policy_reason work = policy_busy(matter->policy, subject);

	if (work == WHY_BUSY)
		return work;
	if (subject->clock_unsteady)
		return WHY_CLOCK;
	if ((work != WHY_DUE || step != POLICY_WARN) && subject->history->looks < LOOKS_LEAST)
		return WHY_FIRST_LOOK;
	return work;
}

static struct policy_decision decide(const struct matter *matter)
{
	struct policy_decision best = {.policy = matter->policy, .reason = WHY_NO_LIMIT};
	bool due_known = false;
	int64_t due_at = INT64_MAX;

	for (enum policy_cause cause = 0; cause < CAUSE_COUNT; cause++) {
		struct policy_decision decision = {
		    .policy = matter->policy, .cause = cause, .end = matter->policy->end[cause]};

		if (cause == CAUSE_DEADLINE)
			decide_deadline(matter, &decision);
		else
			decide_limit(matter, &decision);
		if (decision.due_known && decision.due_at < due_at) {
			due_known = true;
			due_at = decision.due_at;
		}
		if (comes_before(&decision, &best))
			best = decision;
	}
	if (best.step != POLICY_LEAVE && (best.reason = hold(matter, best.step)) != WHY_DUE) {
		best.step = POLICY_LEAVE;
		due_known = due_known && best.reason == WHY_FIRST_LOOK;
	}
	best.may_snooze = best.step == POLICY_WARN && may_snooze(matter, best.cause);
	best.due_known = due_known;
	best.due_at = due_at;
	return best;
}

struct policy_decision policy_decide(const struct policy_set *set, const struct policy_subject *subject)
{
	struct matter matter = {.set = set, .subject = subject};
	enum policy_reason reason = protection(subject->session);

	if (reason == WHY_DUE)
		reason = policy_choose(&matter);
	if (reason == WHY_DUE) {
		matter.classification = classify(subject->session, subject->snapshot->now, INT64_MAX, COUNT_USERS);
		reason = exemption(&matter);
	}
	if (reason != WHY_DUE)
		return (struct policy_decision){.policy = matter.policy, .reason = reason};
	return decide(&matter);
}
