/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/policy/policy_need.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/policy/policy.h"
#include "lib/session/session.h"

/* A session that inhibits sleep is busy.  Otherwise the CPU time of its programs since the last look decides. */
enum policy_reason policy_busy(const struct policy *policy, const struct policy_subject *subject)
{
	const struct policy_history *history = subject->history;
	int64_t over = history->cpu_over < BUSY_WINDOW ? history->cpu_over : BUSY_WINDOW;

	if (!policy->protect_busy)
		return WHY_DUE;
	if (subject->session->inhibited)
		return WHY_BUSY;
	if (!history->cpu_used.known || over <= 0)
		return policy->busy_unknown_too ? WHY_DUE : WHY_BUSY_UNKNOWN;
	return history->cpu_used.length > over * policy->busy_over / 100 ? WHY_BUSY : WHY_DUE;
}

/* Ends no more sessions than needed. */
static bool pressed_by_sessions(const struct policy *policy, const struct policy_subject *subject)
{
	const struct span *sessions = &subject->host_sessions, *over = &policy->sessions_over;

	return sessions->known && sessions->length > over->length &&
	       (int64_t)subject->more_idle < sessions->length - over->length;
}

/* How much memory the end of a session frees is unknown, so one session is ended at a time. */
static bool pressed_by_memory(const struct policy *policy, const struct policy_subject *subject)
{
	const struct snapshot *snapshot = subject->snapshot;
	uint64_t percent = (uint64_t)policy->memory_below.length;

	return snapshot->memory_total > 0 && snapshot->memory_available * 100 < snapshot->memory_total * percent &&
	       subject->more_idle == 0;
}

bool policy_pressed(const struct policy *policy, const struct policy_subject *subject)
{
	return (!policy->sessions_over.known || pressed_by_sessions(policy, subject)) &&
	       (!policy->memory_below.known || pressed_by_memory(policy, subject));
}
