/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decide_limit(), each limit by itself (-DLIMIT_IDLE, _DISCONNECTED, _LENGTH): who is ended has been idle, disconnected
 * or there for at least the policy's time, and was warned since the client connected.  The ladder is any that keeps its
 * promise (ladder.c).  What policy_decide() makes of the answer: choice.c.
 */
#include "lib/policy/policy_decide.c"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/judge/classify.h"
#include "lib/policy/ladder.h"
#include "lib/policy/policy.h"
#include "lib/policy/policy_need.h"
#include "lib/policy/schedule.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "t/proofs/ladder.h"
#include "t/proofs/proof.h"

#if defined LIMIT_IDLE
#define CAUSE  CAUSE_IDLE
#define NAME   "idle"
#define PASSED "passed 1: idle: so long was there no input"
#elif defined LIMIT_DISCONNECTED
#define CAUSE  CAUSE_DISCONNECTED
#define NAME   "disconnected"
#define PASSED "passed 2: disconnected: for so long, by its host, or in our sight if the policy says so"
#else
#define CAUSE  CAUSE_LENGTH
#define NAME   "length"
#define PASSED "passed 3: length: so long was it there"
#endif

static struct policy policy;
static struct policy_history history;
static struct policy_warnings warnings;
static bool pressed;

bool policy_pressed(const struct policy *its, const struct policy_subject *subject)
{
	(void)its, (void)subject;
	return pressed;
}

struct ladder_place ladder_climb(const struct ladder *ladder, int64_t now)
{
	struct ladder_place place;
	unsigned next = nondet_unsigned();

	ASSUME(next <= POLICY_LOGOFF);
	place.next = next;
	place.rung = nondet_unsigned();
	place.next_at = nondet_int64();
	place.end_at = nondet_int64();
	place.closing = nondet_bool();
	ASSUME(climb_stays_within(&place));
	ASSUME(climb_steps(ladder, &place) && climb_skips_none(ladder, now, &place) && climb_waits(ladder, &place));
	return place;
}

static struct span any_limit(void)
{
	struct span span = {true, nondet_int64()};

	ASSUME(span.length > 0 && span.length <= LENGTH_LIMIT);
	return span;
}

static void policy_fill(void)
{
	policy.limit[CAUSE] = any_limit();
	policy.end[CAUSE] = nondet_bool() ? POLICY_DISCONNECT : POLICY_LOGOFF;
	policy.count_seen = nondet_bool();
	policy.lead_count = nondet_unsigned();
	ASSUME(policy.lead_count <= RUNGS);
	for (size_t i = 0; i < RUNGS; i++)
		policy.lead[i] = any_limit().length;
	policy.unwarned_too = nondet_bool();
}

static void history_fill(void)
{
	unsigned state;

	history.state_since = any_moment();
	history.snoozed_until = nondet_bool() ? any_time() : 0;
	history.warnings = nondet_bool() ? &warnings : NULL;
	warnings.policy = policy.name = "a";
	warnings.cause = CAUSE;
	warnings.end = nondet_bool() ? POLICY_DISCONNECT : POLICY_LOGOFF;
	warnings.began = any_time();
	for (size_t i = 0; i < RUNGS; i++) {
		state = nondet_unsigned();
		ASSUME(state <= WARNING_UNDELIVERED);
		warnings.rung[i].state = state;
		warnings.rung[i].at = any_time();
		warnings.rung[i].end_at = any_time();
	}
}

/* On its host's clock. */
static bool over(struct moment since, int64_t host_now)
{
	return since.is == MOMENT_KNOWN && host_now - since.at >= policy.limit[CAUSE].length;
}

static bool passed(const struct session *session, int64_t host_now, int64_t now)
{
	if (CAUSE == CAUSE_IDLE)
		return over(session->last_input, host_now);
	if (CAUSE == CAUSE_LENGTH)
		return over(session->logon_time, host_now);
	return over(session->disconnect_time, host_now) || (policy.count_seen && over(history.state_since, now));
}

/* On our clock: since the client connected. */
static bool warned_since(const struct session *session, size_t rung, int64_t host_now, int64_t now)
{
	return session->connect_time.is != MOMENT_KNOWN ||
	       warnings.rung[rung].at >= now - host_now + session->connect_time.at;
}

static void prove_end(const struct matter *matter)
{
	const struct session *session = matter->subject->session;
	const int64_t now = matter->set->now, host_now = matter->subject->snapshot->now + session->clock_ahead;
	const bool active = session->state == STATE_ACTIVE;
	const bool deaf = (matter->subject->capabilities & CAN_MESSAGE) == 0 && policy.unwarned_too;

	PROVE(passed(session, host_now, now), PASSED);
	PROVE(matter->moment->when.open, "passed 4: " NAME ": within the policy's times");
	for (size_t i = 0; i < RUNGS; i++)
		PROVE(!active || deaf || i >= policy.lead_count || warned_since(session, i, host_now, now),
		      "passed 5: " NAME ": each warning came after the client");
	WITNESS(policy.lead_count == RUNGS && (active || CAUSE == CAUSE_DISCONNECTED),
	        "passed: " NAME ": an end after all warnings");
}

static struct opening any_opening(int64_t now)
{
	struct opening opening = {.open = nondet_bool(),
	                          .again = nondet_bool(),
	                          .opened_at = any_time(),
	                          .closes_at = any_time(),
	                          .next_at = any_time()};

	ASSUME(!opening.open || (opening.opened_at <= now && opening.closes_at > now));
	ASSUME(opening.next_at > now);
	return opening;
}

int main(void)
{
	struct session session = any_session();
	struct snapshot snapshot = {.complete = true, .sessions = &session, .count = 1, .now = any_time()};
	struct policy_subject subject = {
	    .target = "t", .snapshot = &snapshot, .session = &session, .history = &history};
	struct policy_set set = {.policies = &policy, .count = 1, .now = any_time()};
	struct policy_moment moment = {.when = any_opening(set.now)};
	struct matter matter = {.set = &set, .subject = &subject, .policy = &policy, .moment = &moment};
	struct policy_decision decision = {.policy = &policy, .cause = CAUSE};

	subject.capabilities = nondet_unsigned();
	pressed = nondet_bool();
	policy_fill();
	history_fill();
	decision.end = policy.end[CAUSE];
	matter.classification = classify(&session, snapshot.now, INT64_MAX, COUNT_USERS);
	decide_limit(&matter, &decision);
	if (decision.step != POLICY_LEAVE && decision.step != POLICY_WARN)
		prove_end(&matter);
	return 0;
}
