/* SPDX-License-Identifier: GPL-3.0-or-later */
/* policy_busy(), policy_pressed(): what is unknown protects, for every policy, history and host. */
#include "t/proofs/proof.h"

#include <stdbool.h>
#include <stdint.h>

#include "lib/policy/policy.h"
#include "lib/policy/policy_need.h"
#include "lib/session/session.h"

static struct span any_span(void)
{
	struct span span = {nondet_bool(), any_time()};

	ASSUME(span.length >= 0);
	return span;
}

static void prove_busy(const struct policy *policy, const struct policy_subject *subject)
{
	const struct policy_history *history = subject->history;
	const bool told = history->cpu_used.known && history->cpu_over > 0;
	const enum policy_reason reason = policy_busy(policy, subject);

	PROVE(reason == WHY_DUE || reason == WHY_BUSY || reason == WHY_BUSY_UNKNOWN,
	      "need 1: busy, not busy, or unknown");
	PROVE(reason == WHY_DUE || policy->protect_busy, "need 2: without protect nobody is busy");
	PROVE(!policy->protect_busy || !subject->session->inhibited || reason == WHY_BUSY,
	      "need 3: whatever keeps its host awake is at work");
	PROVE(!policy->protect_busy || told || policy->busy_unknown_too || reason != WHY_DUE,
	      "need 4: unknown protects, unless the policy says otherwise");
	PROVE(!policy->protect_busy || !told || policy->busy_over > 0 || history->cpu_used.length == 0 ||
	          reason == WHY_BUSY,
	      "need 5: with a bound of 0 whoever used anything is at work");
	WITNESS(policy->protect_busy && told && reason == WHY_DUE, "need: not at work");
	WITNESS(told && reason == WHY_BUSY && !subject->session->inhibited, "need: at work");
}

static void prove_pressed(const struct policy *policy, const struct policy_subject *subject)
{
	const bool pressed = policy_pressed(policy, subject);

	PROVE(!pressed || !policy->sessions_over.known ||
	          (subject->host_sessions.known && subject->host_sessions.length > policy->sessions_over.length),
	      "need 6: without knowing that there are so many sessions nobody is pressed");
	PROVE(!pressed || !policy->sessions_over.known ||
	          (__int128)subject->more_idle < (__int128)subject->host_sessions.length - policy->sessions_over.length,
	      "need 7: no more sessions than it takes, the most idle first");
	PROVE(!pressed || !policy->memory_below.known ||
	          (subject->snapshot->memory_total > 0 && subject->more_idle == 0),
	      "need 8: without knowing the memory nobody is pressed, and then one at a time");
	PROVE(pressed || policy->sessions_over.known || policy->memory_below.known,
	      "need 9: who does not ask is pressed");
	WITNESS(pressed && policy->sessions_over.known, "need: pressed by sessions");
}

int main(void)
{
	struct policy policy = {.protect_busy = nondet_bool(), .busy_unknown_too = nondet_bool()};
	struct policy_history history = {.cpu_used = any_span(), .cpu_over = any_time()};
	struct session session = {.inhibited = nondet_bool()};
	struct snapshot snapshot = {.sessions = &session, .count = 1};
	struct policy_subject subject = {.snapshot = &snapshot, .session = &session, .history = &history};

	policy.busy_over = nondet_unsigned();
	policy.sessions_over = any_span();
	policy.memory_below = any_span();
	ASSUME(policy.busy_over <= 100000 && policy.memory_below.length <= 100);
	subject.host_sessions = any_span();
	subject.more_idle = nondet_unsigned();
	/* KiB; products of larger numbers are too much for the solver. */
	snapshot.memory_total = nondet_unsigned() & 0xffff;
	snapshot.memory_available = nondet_unsigned() & 0xffff;
	prove_busy(&policy, &subject);
	prove_pressed(&policy, &subject);
	return 0;
}
