/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What runs decide, looked at when they do: before the engine, which would refuse some of it too. */
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/policy/policy.h"
#include "lib/session/session.h"
#include "t/simulation/check.h"
#include "t/simulation/process.h"
#include "t/simulation/seams.h"
#include "t/simulation/world.h"

/* One decision in so many is asked for once more, of a session of another class. */
enum { PROBE_EVERY = 16 };

struct intention {
	uint64_t serial;
	const struct farm_host *host;
	int64_t told_input;
	struct policy_decision decision;
	/* Of its host, as it was told; for "while". */
	int64_t users;
	uint64_t memory_total, memory_available;
};
static struct record {
	int pid;
	struct intention *intentions;
	size_t count, allocated;
} records[PROCESSES_MOST];

static struct record *record_of(int pid)
{
	for (size_t i = 0; i < PROCESSES_MOST; i++)
		if (records[i].pid == pid)
			return &records[i];
	check_failed("process %d was not begun", pid);
}

void decisions_begin(const struct process *process)
{
	struct record *record = record_of(0);

	record->pid = process->pid;
	record->count = 0;
}

void decisions_end(const struct process *process)
{
	record_of(process->pid)->pid = 0;
}

void decisions_clear(void)
{
	for (size_t i = 0; i < PROCESSES_MOST; i++)
		records[i].pid = 0;
}

static uint64_t serial_of(const struct session *session)
{
	return strtoull(session->birth + 1, NULL, 10);
}

static void check_protections(const struct policy_subject *subject, const struct policy_decision *decision)
{
	const struct session *session = subject->session;
	const struct seat *seat = seat_by_serial(serial_of(session));
	const struct policy *policy = decision->policy;
	const char *what = NULL;

	if (decision->step != POLICY_WARN && subject->history->looks < 2)
		what = "seen only once";
	else if (!subject->snapshot->complete)
		what = "of a list that was cut short";
	else if (subject->clock_unsteady)
		what = "of a host whose clock was set";
	else if (session->class != CLASS_USER || session->own == FLAG_YES || session->birth[0] == '\0')
		what = "nobody's to touch";
	else if (seat != NULL && seat->person != NULL && truth_exempt(policy, seat))
		what = "exempt";
	else if (policy->locked != FLAG_UNKNOWN && session->locked != policy->locked)
		what = "not locked as its policy says";
	if (what != NULL)
		check_failed("session %s on %s is %s, and yet the decision is: %s", session->birth, session->host, what,
		             policy_step_name(decision->step));
}

/* Of the sessions of this host, those that this run means to end or to warn because there are too many of them. */
static size_t count_pressed(const struct record *record, const struct intention *intention)
{
	size_t count = 0;

	for (size_t i = 0; i < record->count; i++) {
		const struct intention *other = &record->intentions[i];

		count += other->host == intention->host && other->decision.policy == intention->decision.policy &&
		         other->decision.cause != CAUSE_DEADLINE;
	}
	return count;
}

/* "while": is there the need, and does the run go no further than that? */
static void check_need(const struct record *record, const struct intention *intention)
{
	const struct policy *policy = intention->decision.policy;
	const uint64_t percent = (uint64_t)policy->memory_below.length;
	size_t pressed = count_pressed(record, intention);

	if (intention->decision.cause == CAUSE_DEADLINE)
		return;
	if (policy->sessions_over.known && intention->users - policy->sessions_over.length < (int64_t)pressed)
		check_failed("%s has %" PRId64 " users, and %zu of them have to go (%s)", intention->host->name,
		             intention->users, pressed, policy->name);
	if (!policy->memory_below.known)
		return;
	if (intention->memory_total == 0 || intention->memory_available * 100 >= intention->memory_total * percent)
		check_failed("%s has memory enough, or does not tell, and %s does not care", intention->host->name,
		             policy->name);
	if (pressed > 1)
		check_failed("%s lacks memory, and %zu sessions have to go at once (%s)", intention->host->name,
		             pressed, policy->name);
}

/* What was told of the session and its host. */
static void intention_fill(struct intention *intention, const struct policy_subject *subject)
{
	const struct snapshot *snapshot = subject->snapshot;
	const struct session *session = subject->session;

	intention->told_input = session->last_input.at;
	intention->users = 0;
	intention->memory_total = snapshot->memory_total;
	intention->memory_available = snapshot->memory_available;
	for (size_t i = 0; i < snapshot->count; i++)
		intention->users +=
		    snapshot->sessions[i].class == CLASS_USER && strcmp(snapshot->sessions[i].host, session->host) == 0;
}

/* The session's intention, moved to the end of the list; NULL: it has none. */
static struct intention *intention_take(struct record *record, uint64_t serial)
{
	for (size_t i = 0; i < record->count; i++)
		if (record->intentions[i].serial == serial) {
			struct intention found = record->intentions[i];

			record->intentions[i] = record->intentions[record->count - 1];
			record->intentions[record->count - 1] = found;
			return &record->intentions[record->count - 1];
		}
	return NULL;
}

static struct intention *intention_add(struct record *record, uint64_t serial)
{
	struct intention *intention = intention_take(record, serial);

	if (intention != NULL)
		return intention;
	if (record->count == record->allocated) {
		record->allocated = record->allocated * 2 + 16;
		record->intentions = must_realloc(record->intentions, record->allocated * sizeof *record->intentions);
	}
	intention = &record->intentions[record->count++];
	intention->serial = serial;
	return intention;
}

/* Each layer keeps to the classes by itself: nobody is decided about who is not a user, whatever the lists have. */
static void probe(const struct policy_set *set, const struct policy_subject *subject)
{
	static const enum session_class others[] = {CLASS_NONE, CLASS_CONSOLE, CLASS_SERVICES, CLASS_LISTENER,
	                                            CLASS_GHOST};
	struct policy_subject asked = *subject;
	struct session session = *subject->session;

	session.class = others[sums.probes++ % (sizeof others / sizeof *others)];
	asked.session = &session;
	if (__real_policy_decide(set, &asked).reason != WHY_NO_USER)
		check_failed("session %s on %s is decided about, although it is of class %s", session.birth,
		             session.host, session_class_name(session.class));
}

void check_decision(const struct policy_set *set, const struct policy_subject *subject,
                    const struct policy_decision *decision)
{
	const uint64_t serial = serial_of(subject->session);
	const struct seat *seat = seat_by_serial(serial);
	struct intention *intention;
	struct record *record;

	if (process_now->dead)
		return;
	if (++sums.decisions % PROBE_EVERY == 0)
		probe(set, subject);
	record = record_of(process_now->pid);
	if (decision->step == POLICY_LEAVE) {
		sums.reasons[decision->reason]++;
		/* With "while" a session is decided about twice, and the second time counts. */
		if (record->count > 0 && intention_take(record, serial) != NULL)
			record->count--;
		return;
	}
	check_protections(subject, decision);
	intention = intention_add(record, serial);
	intention->host = seat != NULL ? seat->host : NULL;
	intention->decision = *decision;
	intention_fill(intention, subject);
}

const struct policy_decision *decision_of(const struct seat *seat, int64_t *told_input)
{
	const struct record *record = record_of(process_now->pid);

	for (size_t i = 0; i < record->count; i++)
		if (record->intentions[i].serial == seat->serial) {
			check_need(record, &record->intentions[i]);
			*told_input = record->intentions[i].told_input;
			return &record->intentions[i].decision;
		}
	check_failed("session b%" PRIu64 " on %s: nobody has decided about it", seat->serial, seat->host->name);
}
