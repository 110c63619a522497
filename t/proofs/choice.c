/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy_decide(): what it does for a limit is what decide_limit() says of that limit, and it asks what passed.c is
 * about.  Whatever decide_limit() and classify() may answer.
 */
#include "lib/policy/policy_decide.c"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/text.h"
#include "lib/judge/classify.h"
#include "lib/policy/ladder.h"
#include "lib/policy/policy.h"
#include "lib/policy/policy_need.h"
#include "lib/policy/schedule.h"
#include "lib/session/session.h"
#include "t/proofs/proof.h"

static struct session session;
static struct policy policies[2];
static struct classification classified;
static struct policy_decision given[CAUSE_COUNT];

static enum match any_match(void)
{
	unsigned match = nondet_unsigned();

	ASSUME(match <= MATCH_UNKNOWN);
	return match;
}

enum match policy_means(const struct policy *policy, const struct policy_subject *subject)
{
	(void)policy, (void)subject;
	return any_match();
}

enum match policy_exempts(const struct policy *policy, const struct policy_subject *subject)
{
	(void)policy, (void)subject;
	return any_match();
}

enum policy_reason policy_busy(const struct policy *policy, const struct policy_subject *subject)
{
	unsigned reason = nondet_unsigned();

	(void)policy, (void)subject;
	ASSUME(reason == WHY_DUE || reason == WHY_BUSY || reason == WHY_BUSY_UNKNOWN);
	return reason;
}

bool policy_pressed(const struct policy *policy, const struct policy_subject *subject)
{
	(void)policy, (void)subject;
	return nondet_bool();
}

struct classification classify(const struct session *its, int64_t host_now, int64_t idle_after, unsigned classes)
{
	(void)idle_after, (void)classes;
	PROVE(its == &session && host_now == 7, "choice 1: it is classified by its host's clock");
	return classified;
}

static struct policy_decision any_decision(const struct policy *policy, enum policy_cause cause)
{
	struct policy_decision decision = {.policy = policy, .cause = cause, .end = policy->end[cause]};
	unsigned step = nondet_unsigned(), next = nondet_unsigned();

	ASSUME(step <= POLICY_LOGOFF && next <= POLICY_LOGOFF);
	decision.step = step;
	decision.next = next;
	decision.next_at = any_time();
	decision.due_known = nondet_bool();
	decision.due_at = any_time();
	decision.began = any_time();
	decision.rung = nondet_unsigned();
	return decision;
}

/* In place of decide_limit(). */
void any_limit(const struct matter *matter, struct policy_decision *decision)
{
	PROVE(decision->cause < CAUSE_DEADLINE && decision->policy == matter->policy &&
	          decision->end == matter->policy->end[decision->cause] && decision->step == POLICY_LEAVE,
	      "choice 2: it asks about a limit of the session's policy");
	PROVE(matter->subject->session == &session && matter->classification.idle.known == classified.idle.known &&
	          matter->classification.idle.length == classified.idle.length &&
	          matter->classification.disconnected.known == classified.disconnected.known &&
	          matter->classification.disconnected.length == classified.disconnected.length &&
	          matter->moment == &matter->set->moments[matter->policy - policies],
	      "choice 3: and about this session, at the policy's times");
	*decision = given[decision->cause] = any_decision(matter->policy, decision->cause);
}

/* In place of decide_deadline(), of which policy.c is. */
void any_deadline(const struct matter *matter, struct policy_decision *decision)
{
	*decision = any_decision(matter->policy, decision->cause);
}

int main(void)
{
	struct policy_moment moments[2];
	struct policy_history history = {.looks = nondet_unsigned()};
	struct snapshot snapshot = {.complete = nondet_bool(), .sessions = &session, .count = 1, .now = 7};
	struct policy_subject subject = {
	    .target = "t", .snapshot = &snapshot, .session = &session, .history = &history};
	struct policy_set set = {.policies = policies, .moments = moments, .count = 2, .now = any_time()};
	struct policy_decision decision;
	const struct policy_decision *limit;

	session = any_session();
	subject.clock_unsteady = nondet_bool();
	classified.idle = (struct span){nondet_bool(), any_time()};
	classified.disconnected = (struct span){nondet_bool(), any_time()};
	classified.state_unknown = nondet_bool();
	for (unsigned cause = 0; cause < CAUSE_COUNT; cause++)
		policies[0].end[cause] = policies[1].end[cause] = nondet_bool() ? POLICY_DISCONNECT : POLICY_LOGOFF;
	decision = policy_decide(&set, &subject);
	if (decision.step == POLICY_LEAVE || decision.cause == CAUSE_DEADLINE)
		return 0;
	limit = &given[decision.cause];
	PROVE(decision.step == limit->step && decision.policy == limit->policy && decision.end == limit->end &&
	          decision.rung == limit->rung && decision.began == limit->began,
	      "choice 4: what is done for a limit is what was said of that limit");
	WITNESS(decision.step == POLICY_LOGOFF && decision.cause == CAUSE_LENGTH, "choice: a limit is chosen");
	return 0;
}
