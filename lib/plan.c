/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/plan.h"

#include <stdlib.h>
#include <string.h>

#include "lib/text.h"

static void add_once(struct plan *plan, struct string_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (text_same(list->items[i], text))
			return;
	string_list_add(list, &plan->arena, text);
}

static void host_add(struct plan *plan, const char *host)
{
	add_once(plan, &plan->hosts, host);
	add_once(plan, &plan->scope, host);
}

/* The row of the session's own system: a target may be several ("local:"). */
static bool supported(const struct visit *visit, const struct session *session, enum act act)
{
	static const uint32_t needed[] = {
	    [ACT_DISCONNECT] = CAN_DISCONNECT, [ACT_LOGOFF] = CAN_LOGOFF, [ACT_MESSAGE] = CAN_MESSAGE};
	const struct provider *provider = provider_find(session->provider);

	if (provider == NULL)
		provider = visit->target->provider;
	return (provider->capabilities & needed[act]) != 0;
}

static void item_add(struct plan *plan, struct visit *visit, const struct session *session, const struct rule *rule,
                     enum act act, enum refusal refusal)
{
	struct plan_item *item = &plan->items[plan->count++];

	item->visit = visit;
	item->session = session;
	item->classification = classify(session, visit->snapshot.now, rule->idle_after, COUNT_USERS);
	item->refusal = refusal;
	if (refusal == REFUSAL_NONE) {
		item->unsupported = !supported(visit, session, act);
		plan->selected += !item->unsupported;
	}
}

bool plan_item_due(const struct plan_item *item)
{
	return item->refusal == REFUSAL_NONE && !item->unsupported;
}

static void visit_plan(struct plan *plan, struct visit *visit, const struct rule *rule, enum act act)
{
	const struct snapshot *snapshot = &visit->snapshot;

	if (visit->error.code != ERROR_NONE) {
		plan->unreachable++;
		return;
	}
	plan->incomplete += !snapshot->complete;
	/* A pool is no host itself; and a host of it that has no session left is known by the target alone. */
	if (snapshot->count == 0)
		host_add(plan, snapshot->host);
	add_once(plan, &plan->scope, snapshot->host);
	add_once(plan, &plan->scope, visit->target->url);
	for (size_t i = 0; i < snapshot->count; i++) {
		const struct session *session = &snapshot->sessions[i];
		enum refusal refusal = rule_judge(rule, act, snapshot, session);

		plan->user_sessions += classify(session, snapshot->now, rule->idle_after, COUNT_USERS).counted;
		if (refusal == REFUSAL_NO_MATCH)
			continue;
		host_add(plan, session->host);
		item_add(plan, visit, session, rule, act, refusal);
	}
}

/* Is there a session with this id (and host, unless "") in any list?  A list that may lack
   sessions answers yes: nothing is called gone on its word. */
static bool listed(const struct visit *visits, size_t count, const char *host, const char *id, bool *uncertain)
{
	*uncertain = false;
	for (size_t i = 0; i < count; i++) {
		const struct snapshot *snapshot = &visits[i].snapshot;

		if (visits[i].error.code != ERROR_NONE || !snapshot->complete) {
			*uncertain = true;
			continue;
		}
		for (size_t j = 0; j < snapshot->count; j++)
			if (text_same(snapshot->sessions[j].id, id) &&
			    (host[0] == '\0' || text_same(snapshot->sessions[j].host, host)))
				return true;
	}
	return false;
}

static bool identity_listed(const struct visit *visits, size_t count, const struct session *wanted)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < visits[i].snapshot.count; j++)
			if (session_same_identity(&visits[i].snapshot.sessions[j], wanted))
				return true;
	return false;
}

static void missing_add(struct plan *plan, const char *host, const char *id, bool changed)
{
	plan->missing[plan->missing_count++] = (struct plan_missing){host, id, changed};
}

static void missing_find(struct plan *plan, const struct visit *visits, size_t count, const struct rule *rule)
{
	bool uncertain;

	plan->missing = arena_alloc(&plan->arena, (rule->ids.count + rule->picked_count) * sizeof *plan->missing);
	for (size_t i = 0; i < rule->ids.count; i++)
		if (!listed(visits, count, "", rule->ids.items[i], &uncertain) && !uncertain)
			missing_add(plan, "", rule->ids.items[i], false);
	for (size_t i = 0; i < rule->picked_count; i++) {
		const struct session *picked = &rule->picked[i];

		if (identity_listed(visits, count, picked))
			continue;
		if (listed(visits, count, picked->host, picked->id, &uncertain))
			missing_add(plan, picked->host, picked->id, true);
		else if (!uncertain)
			missing_add(plan, picked->host, picked->id, false);
	}
}

void plan_make(struct plan *plan, struct visit *visits, size_t count, const struct rule *rule, enum act act)
{
	size_t sessions = 0;

	memset(plan, 0, sizeof *plan);
	for (size_t i = 0; i < count; i++)
		sessions += visits[i].snapshot.count;
	plan->items = arena_alloc(&plan->arena, sessions * sizeof *plan->items);
	for (size_t i = 0; i < count; i++)
		visit_plan(plan, &visits[i], rule, act);
	missing_find(plan, visits, count, rule);
}

void plan_free(struct plan *plan)
{
	arena_free(&plan->arena);
}

static int compare_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct string_list plan_acting_hosts(struct plan *plan)
{
	struct string_list hosts = {0};

	for (size_t i = 0; i < plan->count; i++) {
		bool known = !plan_item_due(&plan->items[i]);

		for (size_t j = 0; j < hosts.count && !known; j++)
			known = text_same(hosts.items[j], plan->items[i].session->host);
		if (!known)
			string_list_add(&hosts, &plan->arena, plan->items[i].session->host);
	}
	if (hosts.count > 0) /* one order for every run: two runs cannot wait for each other */
		qsort(hosts.items, hosts.count, sizeof *hosts.items, compare_text);
	return hosts;
}

enum limit limit_judge(uint64_t planned, uint64_t recent, uint64_t user_sessions, uint64_t max_acts,
                       uint64_t max_percent)
{
	uint64_t acts = planned + recent;

	if (planned == 0)
		return LIMIT_KEPT;
	if (acts > max_acts)
		return LIMIT_ACTS;
	if (user_sessions >= PERCENT_FROM && acts * 100 > max_percent * user_sessions)
		return LIMIT_PERCENT;
	return LIMIT_KEPT;
}
