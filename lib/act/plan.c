/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/act/plan.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/session/names.h"
#include "lib/session/session.h"

/* The state of plan_make() while it goes through the lists. */
struct planning {
	struct plan *plan;
	const struct rule *rule;
	enum act act;
	const struct host_names *names;
	struct name_index hosts; /* its numbers are indices of plan->hosts */
	size_t allocated;        /* of plan->hosts */
};

static size_t host_add(struct planning *planning, const char *name)
{
	struct plan *plan = planning->plan;
	const char *identity = host_name_of(planning->names, name, &plan->arena);
	size_t number = name_index_add(&planning->hosts, identity);

	if (number == plan->host_count) {
		plan->hosts =
		    arena_grow(&plan->arena, plan->hosts, plan->host_count, &planning->allocated, sizeof *plan->hosts);
		plan->hosts[plan->host_count++] = (struct plan_host){.name = name, .identity = identity};
		name_index_add(&plan->scope, identity);
	}
	return number;
}

/* NULL, or why the session's system does not do that. */
static const char *unsupported_reason(struct plan *plan, const struct visit *visit, const struct session *session,
                                      enum act act)
{
	static const uint32_t needed[] = {
	    [ACT_DISCONNECT] = CAN_DISCONNECT, [ACT_LOGOFF] = CAN_LOGOFF, [ACT_MESSAGE] = CAN_MESSAGE};
	const struct provider *provider = provider_of(visit->target, session);

	if ((provider->capabilities & needed[act]) == 0)
		return arena_printf(&plan->arena, "%s cannot %s", session->provider, act_name(act));
	return provider_withholds(provider, visit->target, act);
}

/* The exclusion that may match, as the operator wrote it. */
static const char *reason_of(struct plan *plan, const struct plan_item *item, const struct rule *rule)
{
	struct names_answer exclusion;

	if (item->refusal != REFUSAL_USER_UNKNOWN)
		return refusal_text(item->refusal);
	filter_judge(&rule->filter, item->session, &item->classification, &exclusion);
	return exclusion.glob == NULL
	           ? refusal_text(item->refusal)
	           : arena_printf(&plan->arena, "whether '%s' matches this user is unknown", exclusion.glob);
}

/* The name that the rule has matched, if it is not the one that is shown. */
static const char *name_of(struct plan *plan, const struct session *session, const struct rule *rule)
{
	struct names_answer found = names_match(&rule->filter.users, session);

	if (found.match != MATCH_YES || text_same(found.name, session->user) ||
	    text_same(found.name, arena_printf(&plan->arena, "%s\\%s", session->domain, session->user)))
		return NULL;
	return arena_strdup(&plan->arena, found.name);
}

static struct plan_item *item_add(struct planning *planning, struct visit *visit, const struct session *session,
                                  enum refusal refusal)
{
	struct plan_item *item = &planning->plan->items[planning->plan->count++];

	*item = (struct plan_item){.visit = visit, .session = session, .refusal = refusal};
	if (refusal == REFUSAL_NONE)
		item->reason = unsupported_reason(planning->plan, visit, session, planning->act);
	item->unsupported = item->reason != NULL;
	return item;
}

bool plan_item_due(const struct plan_item *item)
{
	return item->refusal == REFUSAL_NONE && !item->unsupported && !item->left_out && !item->pending;
}

static void session_plan(struct planning *planning, struct visit *visit, const struct session *session)
{
	const struct snapshot *snapshot = &visit->snapshot;
	struct classification classification =
	    classify(session, snapshot->now, planning->rule->idle_after, COUNT_USERS);
	enum refusal refusal = rule_judge(planning->rule, planning->act, snapshot, session);
	struct plan_item *item;
	size_t host;

	if (session->class == CLASS_GHOST && refusal == REFUSAL_NO_MATCH) /* its host is unknown */
		return;
	host = host_add(planning, session->host);
	planning->plan->user_sessions += classification.counted;
	planning->plan->hosts[host].user_sessions += classification.counted;
	if (refusal == REFUSAL_NO_MATCH)
		return;
	item = item_add(planning, visit, session, refusal);
	item->classification = classification;
	item->host = host;
	item->identity = planning->plan->hosts[host].identity;
	if (refusal == REFUSAL_NONE)
		item->by_name = name_of(planning->plan, session, planning->rule);
	else
		item->reason = reason_of(planning->plan, item, planning->rule);
	planning->plan->selected += plan_item_due(item);
	planning->plan->hosts[host].selected += plan_item_due(item);
}

static void visit_plan(struct planning *planning, struct visit *visit)
{
	const struct snapshot *snapshot = &visit->snapshot;
	struct plan *plan = planning->plan;

	if (visit->error.code != ERROR_NONE) {
		plan->unreachable++;
		return;
	}
	plan->incomplete += !snapshot->complete;
	/* Counts the target itself as a host only if it lists no sessions: the name of a pool is no host, and a host
	 * without sessions is known by its target alone. */
	if (snapshot->count == 0)
		host_add(planning, snapshot->host);
	name_index_add(&plan->scope, snapshot->host);
	name_index_add(&plan->scope, visit->target->url);
	for (size_t i = 0; i < snapshot->count; i++)
		session_plan(planning, visit, &snapshot->sessions[i]);
}

/* All listed sessions by id: each id has a number, and the sessions of one id are a chain. */
struct listing {
	struct name_index ids;
	const struct session **sessions; /* in the order of the lists */
	size_t *next;                    /* the next with the same id; NAME_NONE: none */
	size_t *first;                   /* of each id */
	size_t count;
	bool whole; /* false: a list may be incomplete, so a missing session is not called gone */
};

static void listing_make(struct listing *listing, struct arena *arena, const struct visit *visits, size_t count,
                         size_t sessions)
{
	*listing = (struct listing){.ids.arena = arena, .whole = true};
	listing->sessions = arena_alloc(arena, sessions * sizeof *listing->sessions);
	listing->next = arena_alloc(arena, sessions * sizeof *listing->next);
	listing->first = arena_alloc(arena, sessions * sizeof *listing->first);
	for (size_t i = 0; i < count; i++) {
		const struct snapshot *snapshot = &visits[i].snapshot;

		listing->whole = listing->whole && visits[i].error.code == ERROR_NONE && snapshot->complete;
		for (size_t j = 0; j < snapshot->count; j++) {
			size_t known = listing->ids.count;
			size_t id = name_index_add(&listing->ids, snapshot->sessions[j].id);

			listing->next[listing->count] = id < known ? listing->first[id] : NAME_NONE;
			listing->first[id] = listing->count;
			listing->sessions[listing->count++] = &snapshot->sessions[j];
		}
	}
}

enum presence { PRESENT, ANOTHER, ABSENT };

/* Looks for that very session in the lists, and for one with its id on its host. */
static enum presence find_picked(const struct listing *listing, const struct session *picked)
{
	enum presence presence = ABSENT;
	size_t id = name_index_find(&listing->ids, picked->id);

	for (size_t at = id != NAME_NONE ? listing->first[id] : NAME_NONE; at != NAME_NONE; at = listing->next[at]) {
		if (session_same_identity(listing->sessions[at], picked))
			return PRESENT;
		if (text_same(listing->sessions[at]->host, picked->host))
			presence = ANOTHER;
	}
	return presence;
}

static void missing_add(struct plan *plan, const char *host, const char *id, bool changed)
{
	plan->missing[plan->missing_count++] = (struct plan_missing){.host = host, .id = id, .changed = changed};
}

/* "alice" in the place of an id.  A number is an id, not a user name. */
static bool is_user(const struct listing *listing, const char *word)
{
	if (word[strspn(word, "0123456789")] == '\0')
		return false;
	for (size_t i = 0; i < listing->count; i++)
		if (text_same(listing->sessions[i]->user, word))
			return true;
	return false;
}

static void missing_find(struct plan *plan, const struct listing *listing, const struct rule *rule)
{
	plan->missing = arena_alloc(&plan->arena, (rule->ids.count + rule->picked_count) * sizeof *plan->missing);
	for (size_t i = 0; i < rule->ids.count && listing->whole; i++)
		if (name_index_find(&listing->ids, rule->ids.items[i]) == NAME_NONE) {
			missing_add(plan, "", rule->ids.items[i], false);
			plan->missing[plan->missing_count - 1].user_name = is_user(listing, rule->ids.items[i]);
		}
	for (size_t i = 0; i < rule->picked_count; i++) {
		const struct session *picked = &rule->picked[i];
		enum presence presence = find_picked(listing, picked);

		if (presence == ANOTHER || (presence == ABSENT && listing->whole))
			missing_add(plan, picked->host, picked->id, presence == ANOTHER);
	}
}

/* Another listed session that the same words name; NULL: none. */
static const struct session *find_rival(const struct listing *listing, const struct rule *rule,
                                        const struct session *session)
{
	size_t id = name_index_find(&listing->ids, session->id);

	for (size_t at = id != NAME_NONE ? listing->first[id] : NAME_NONE; at != NAME_NONE; at = listing->next[at]) {
		const struct session *other = listing->sessions[at];

		if (other != session && (rule->ids.count > 0 || session_same_identity(other, session)))
			return other;
	}
	return NULL;
}

static const char *rival_text(struct plan *plan, const struct session *rival)
{
	return arena_printf(&plan->arena, "its id is also that of %s on %s%s%s (%s %s)",
	                    rival->user[0] != '\0' ? rival->user : "a session without a user", rival->host,
	                    rival->station[0] != '\0' ? ", " : "", rival->station, rival->provider,
	                    session_kind_name(rival->kind));
}

/* A list of several systems or hosts may have an id twice (local: has process ids of xrdp and numbers of logind).
 * Which one was meant is unknown. */
static void rivals_refuse(struct plan *plan, const struct listing *listing, const struct rule *rule)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct plan_item *item = &plan->items[i];
		const struct session *rival =
		    item->refusal == REFUSAL_NONE ? find_rival(listing, rule, item->session) : NULL;

		if (rival == NULL)
			continue;
		plan->selected -= plan_item_due(item);
		plan->hosts[item->host].selected -= plan_item_due(item);
		item->refusal = REFUSAL_AMBIGUOUS;
		item->reason = rival_text(plan, rival);
	}
}

void plan_make(struct plan *plan, struct visit *visits, size_t count, const struct rule *rule, enum act act,
               const struct host_names *names)
{
	struct planning planning = {
	    .plan = plan, .rule = rule, .act = act, .names = names, .hosts.arena = &plan->arena};
	struct listing listing;
	size_t sessions = 0;

	memset(plan, 0, sizeof *plan);
	plan->scope.arena = &plan->arena;
	for (size_t i = 0; i < count; i++)
		sessions += visits[i].snapshot.count;
	plan->items = arena_alloc(&plan->arena, sessions * sizeof *plan->items);
	for (size_t i = 0; i < count; i++)
		visit_plan(&planning, &visits[i]);
	if (rule->ids.count + rule->picked_count == 0)
		return;
	listing_make(&listing, &plan->arena, visits, count, sessions);
	missing_find(plan, &listing, rule);
	rivals_refuse(plan, &listing, rule);
}

void plan_free(struct plan *plan)
{
	arena_free(&plan->arena);
}

static int compare_hosts(const void *a, const void *b)
{
	const struct plan_host *const *one = a, *const *other = b;

	return strcmp((*one)->identity, (*other)->identity);
}

struct plan_host **plan_acting_hosts(struct plan *plan, size_t *count)
{
	struct plan_host **hosts = arena_alloc(&plan->arena, plan->host_count * sizeof(struct plan_host *));

	*count = 0;
	for (size_t i = 0; i < plan->host_count; i++)
		if (plan->hosts[i].selected > 0)
			hosts[(*count)++] = &plan->hosts[i];
	if (*count > 0)
		qsort(hosts, *count, sizeof(struct plan_host *), compare_hosts);
	return hosts;
}

void plan_item_wait(struct plan *plan, struct plan_item *item)
{
	item->pending = true;
	plan->hosts[item->host].selected--;
	plan->selected--;
}

void plan_leave_out(struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct plan_item *item = &plan->items[i];
		struct plan_host *host = &plan->hosts[item->host];

		if (!host->left_out || !plan_item_due(item))
			continue;
		item->left_out = true;
		host->selected--;
		plan->selected--;
	}
}

enum limit limit_judge(uint64_t planned, uint64_t recent, uint64_t user_sessions, uint64_t max_acts,
                       uint64_t max_percent)
{
	/* A sum or product that overflows is over the limit. */
	uint64_t acts = planned <= UINT64_MAX - recent ? planned + recent : UINT64_MAX;

	if (planned == 0)
		return LIMIT_KEPT;
	if (acts > max_acts || recent > UINT64_MAX - planned)
		return LIMIT_ACTS;
	if (user_sessions < PERCENT_FROM)
		return LIMIT_KEPT;
	if (acts > UINT64_MAX / 100 || user_sessions > UINT64_MAX / 100)
		return LIMIT_PERCENT;
	if (acts * 100 > (max_percent < 100 ? max_percent : 100) * user_sessions)
		return LIMIT_PERCENT;
	return LIMIT_KEPT;
}
