/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decides about each listed session, with what the ledger has of it. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/name_index.h"
#include "lib/enforce/enforce_run.h"
#include "lib/judge/classify.h"
#include "lib/judge/select.h"
#include "lib/ledger/ledger.h"
#include "lib/policy/policy.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "lib/target/target_parse.h"

/* How long a session has been without input or client, for the order on its host. */
struct standing {
	size_t item;
	size_t host;
	int64_t unused; /* ms; -1: not known, which is the least */
};

static bool groups_wanted(const struct enforcement *run)
{
	for (size_t i = 0; i < run->policy_count; i++)
		if (run->policies[i].groups.count + run->policies[i].exempt_groups.count > 0)
			return true;
	return false;
}

/* What the session's system can do, without the acts that it does not carry out for us. */
static unsigned capabilities_of(const struct visit *visit, const struct session *session)
{
	static const struct {
		enum act act;
		unsigned can;
	} acts[] = {{ACT_DISCONNECT, CAN_DISCONNECT}, {ACT_LOGOFF, CAN_LOGOFF}, {ACT_MESSAGE, CAN_MESSAGE}};
	const struct provider *provider = provider_of(visit->target, session);
	unsigned capabilities = provider->capabilities;

	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
		if (provider_withholds(provider, visit->target, acts[i].act) != NULL)
			capabilities &= ~acts[i].can;
	return capabilities;
}

static int longest_first(const void *a, const void *b)
{
	const struct standing *x = a, *y = b;

	if (x->host != y->host)
		return x->host < y->host ? -1 : 1;
	return (x->unused < y->unused) - (x->unused > y->unused);
}

static bool pressure_wanted(const struct enforcement *run)
{
	for (size_t i = 0; i < run->policy_count; i++)
		if (run->policies[i].sessions_over.known || run->policies[i].memory_below.known)
			return true;
	return false;
}

/* True if its policy may end it, now or later, when its host needs room.  Exempt and busy sessions free none. */
static bool gives_room(const struct enforcement *run, const struct policy_subject *subject)
{
	const struct policy_decision decision = policy_decide(&run->set, subject);

	return decision.next != POLICY_LEAVE && decision.reason != WHY_BUSY && decision.reason != WHY_BUSY_UNKNOWN;
}

/* Fills the number of user sessions of each session's host, as its target lists them: two hosts of one name may be two
 * machines, and of a session without one it is unknown. */
static void count_sessions(struct enforcement *run, struct policy_subject *subjects)
{
	size_t *host = arena_alloc(&run->arena, run->count * sizeof *host);
	size_t *sessions = arena_alloc(&run->arena, run->count * sizeof *sessions);
	struct name_index hosts = {.arena = &run->arena};
	size_t earlier = 0;

	for (size_t i = 0; i < run->count; i++) {
		if (i > 0 && run->items[i].visit != run->items[i - 1].visit) {
			earlier += hosts.count;
			hosts = (struct name_index){.arena = &run->arena};
		}
		host[i] = earlier + name_index_add(&hosts, run->items[i].session->host);
		sessions[host[i]]++;
	}
	for (size_t i = 0; i < run->count; i++)
		subjects[i].host_sessions =
		    (struct span){run->items[i].session->host[0] != '\0', (int64_t)sessions[host[i]]};
}

/* Fills each session's place among those of its host that may be ended. */
static void stand(struct enforcement *run, struct policy_subject *subjects)
{
	struct standing *standings = arena_alloc(&run->arena, run->count * sizeof *standings);
	struct name_index hosts = {.arena = &run->arena};

	for (size_t i = 0; i < run->count; i++) {
		const struct session *session = run->items[i].session;
		struct classification as = classify(session, run->items[i].visit->snapshot.now, INT64_MAX, COUNT_USERS);

		standings[i] = (struct standing){i, name_index_add(&hosts, session->host), -1};
		if (as.idle.known || as.disconnected.known)
			standings[i].unused = as.idle.known ? as.idle.length : as.disconnected.length;
	}
	qsort(standings, run->count, sizeof *standings, longest_first);
	for (size_t first = 0, end; first < run->count; first = end) {
		size_t before = 0;

		for (end = first; end < run->count && standings[end].host == standings[first].host; end++)
			;
		for (size_t i = first; i < end; i++) {
			struct policy_subject *subject = &subjects[standings[i].item];

			subject->more_idle = 0;
			if (gives_room(run, subject))
				subject->more_idle = before++;
			else
				subject->more_idle = before;
		}
	}
}

/* The filters of the options narrow the run.  Excluded users are exempt: see enforce_policies.c. */
static bool narrowed_out(const struct enforcement *run, const struct visit *visit, const struct session *session)
{
	const struct classification as = classify(session, visit->snapshot.now, run->settings->idle_after, COUNT_USERS);
	struct filter filter = run->settings->filter;

	filter.exclude_users = (struct string_list){0};
	return !filter_match(&filter, session, &as);
}

/* Collects the user sessions, which a decision is made for. */
static void items_make(struct enforcement *run)
{
	size_t most = 0;

	for (size_t i = 0; i < run->target_count; i++)
		most += run->visits[i].snapshot.count;
	run->items = arena_alloc(&run->arena, most * sizeof *run->items);
	for (size_t i = 0; i < run->target_count; i++) {
		struct visit *visit = &run->visits[i];

		for (size_t j = 0; visit->error.code == ERROR_NONE && j < visit->snapshot.count; j++)
			if (visit->snapshot.sessions[j].class == CLASS_USER &&
			    !narrowed_out(run, visit, &visit->snapshot.sessions[j]))
				run->items[run->count++] =
				    (struct enforce_item){.visit = visit, .session = &visit->snapshot.sessions[j]};
	}
}

/* Makes a look, as the ledger takes it, of every target that has answered. */
static size_t looks_make(struct enforcement *run, struct ledger_look *looks)
{
	size_t count = 0;

	for (size_t i = 0; i < run->target_count; i++) {
		const struct visit *visit = &run->visits[i];

		if (visit->error.code != ERROR_NONE)
			continue;
		looks[count++] = (struct ledger_look){
		    .url = visit->target->url,
		    .snapshot = &visit->snapshot,
		    .histories = arena_alloc(&run->arena, visit->snapshot.count * sizeof(struct policy_history)),
		};
	}
	return count;
}

/* A user without input for a long time is not asked: the run would only wait for the answer. */
static bool may_be_there(const struct enforcement *run, const struct enforce_item *item)
{
	enum usage usage =
	    classify(item->session, item->visit->snapshot.now, run->settings->idle_after, COUNT_USERS).usage;

	return usage == USAGE_ACTIVE || usage == USAGE_IDLE_UNKNOWN;
}

static void decide_all(struct enforcement *run, const struct ledger_look *looks)
{
	struct policy_subject *subjects = arena_alloc(&run->arena, run->count * sizeof *subjects);
	const bool groups = groups_wanted(run);
	const struct visit *visit = NULL;
	const char *target = NULL;

	for (size_t i = 0; i < run->count; i++) {
		struct enforce_item *item = &run->items[i];

		if (item->visit != visit) {
			visit = item->visit;
			target = target_key(visit->target, &run->arena);
			while (looks->snapshot != &visit->snapshot)
				looks++;
		}
		subjects[i] = (struct policy_subject){
		    .target = target,
		    .label = visit->target->label,
		    .snapshot = looks->snapshot,
		    .session = item->session,
		    .capabilities = capabilities_of(item->visit, item->session),
		    .groups = groups ? groups_of(item->session, &run->arena) : NULL,
		    .history = &looks->histories[item->session - looks->snapshot->sessions],
		    .clock_unsteady = looks->clock_unsteady,
		};
	}
	if (pressure_wanted(run)) {
		count_sessions(run, subjects);
		stand(run, subjects);
	}
	for (size_t i = 0; i < run->count; i++) {
		struct enforce_item *item = &run->items[i];

		item->decision = policy_decide(&run->set, &subjects[i]);
		if (item->decision.step == POLICY_LEAVE)
			continue;
		item->because = enforce_because(item, &run->arena);
		item->text =
		    enforce_text(&run->configs[item->decision.policy - run->policies], item, run->set.now, &run->arena);
		if (item->decision.step == POLICY_WARN && item->decision.may_snooze && may_be_there(run, item))
			item->question = enforce_question(item, &run->arena);
	}
}

int enforce_plan(struct enforcement *run, struct error *error)
{
	struct ledger_look *looks = arena_alloc(&run->arena, (run->target_count + 1) * sizeof *looks);
	struct policy_moment *moments = arena_alloc(&run->arena, run->policy_count * sizeof *moments);
	size_t count = looks_make(run, looks);
	struct ledger_clock now;

	if (ledger_clock_now(&now, error) < 0 || ledger_see(run->ledger, looks, count, &now, error) < 0)
		return -1;
	policy_set_make(&run->set, run->policies, run->policy_count, moments, now.wall);
	items_make(run);
	decide_all(run, looks);
	return 0;
}

bool enforce_held(const struct policy_decision *decision, int64_t now)
{
	return decision->step == POLICY_LEAVE && decision->next != POLICY_LEAVE && decision->next_at <= now;
}
