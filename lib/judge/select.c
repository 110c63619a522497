/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/judge/select.h"

#include <string.h>

#include "lib/base/text.h"
#include "lib/target/provider.h"

static bool any_match(const struct string_list *globs, const char *text)
{
	for (size_t i = 0; i < globs->count; i++)
		if (glob_match(globs->items[i], text) == MATCH_YES)
			return true;
	return false;
}

static bool state_match(const struct string_list *words, const struct session *session,
                        const struct classification *classification)
{
	return any_match(words, session_state_name(session->state)) ||
	       any_match(words, usage_name(classification->usage)) ||
	       (session->state_text[0] != '\0' && any_match(words, session->state_text));
}

static bool empty_or(const struct string_list *list, bool match)
{
	return list->count == 0 || match;
}

/* Compares all but the names. */
static bool others_match(const struct filter *filter, const struct session *session,
                         const struct classification *classification)
{
	return empty_or(&filter->domains, any_match(&filter->domains, session->domain)) &&
	       empty_or(&filter->clients, any_match(&filter->clients, session->client_name) ||
	                                      any_match(&filter->clients, session->client_address)) &&
	       empty_or(&filter->collections, any_match(&filter->collections, session->collection)) &&
	       empty_or(&filter->states, state_match(&filter->states, session, classification)) &&
	       empty_or(&filter->kinds, any_match(&filter->kinds, session_kind_name(session->kind)));
}

enum match filter_judge(const struct filter *filter, const struct session *session,
                        const struct classification *classification, struct names_answer *exclusion)
{
	struct names_answer excluded = {0};

	if (exclusion != NULL)
		*exclusion = excluded;
	if (!others_match(filter, session, classification) ||
	    (filter->users.count > 0 && names_match(&filter->users, session).match != MATCH_YES))
		return MATCH_NO;
	if (filter->exclude_users.count > 0)
		excluded = names_match(&filter->exclude_users, session);
	if (exclusion != NULL)
		*exclusion = excluded;
	if (excluded.match == MATCH_NO)
		return MATCH_YES;
	return excluded.match == MATCH_YES ? MATCH_NO : MATCH_UNKNOWN;
}

bool filter_may_match(const struct filter *filter, const struct session *session,
                      const struct classification *classification)
{
	return others_match(filter, session, classification) &&
	       (filter->users.count == 0 || names_match(&filter->users, session).match != MATCH_NO) &&
	       names_match(&filter->exclude_users, session).match != MATCH_YES;
}

const char *filter_doubt(const struct filter *filter, const struct session *session)
{
	struct names_answer user = names_match(&filter->users, session);
	struct names_answer excluded = names_match(&filter->exclude_users, session);

	if (user.match == MATCH_UNKNOWN)
		return user.glob;
	return excluded.match == MATCH_UNKNOWN ? excluded.glob : NULL;
}

bool filter_match(const struct filter *filter, const struct session *session,
                  const struct classification *classification)
{
	return filter_judge(filter, session, classification, NULL) == MATCH_YES;
}

/* A filter that only excludes does not select anything. */
static bool filter_selects(const struct filter *filter)
{
	return filter->users.count > 0 || filter->domains.count > 0 || filter->clients.count > 0 ||
	       filter->collections.count > 0 || filter->states.count > 0 || filter->kinds.count > 0;
}

bool filter_given(const struct filter *filter)
{
	return filter_selects(filter) || filter->exclude_users.count > 0;
}

bool rule_given(const struct rule *rule)
{
	return rule->all || rule->ids.count > 0 || rule->from_stdin || rule->idle_over.known ||
	       rule->disconnected_over.known || (rule->filter_is_rule && filter_selects(&rule->filter));
}

const char *refusal_text(enum refusal refusal)
{
	switch (refusal) {
	case REFUSAL_NONE:
		return "selected";
	case REFUSAL_NO_MATCH:
		return "not selected by the rule";
	case REFUSAL_CLASS:
		return "not a user session";
	case REFUSAL_OWN:
		return "the caller's own session or account";
	case REFUSAL_NO_BIRTH:
		return "cannot be distinguished from a later session with the same id";
	case REFUSAL_UNKNOWN:
		return "the time that the rule asks for is not known";
	case REFUSAL_USER_UNKNOWN:
		return "whether an exclusion matches this user is unknown";
	case REFUSAL_INCOMPLETE:
		return "the host's list was cut short";
	case REFUSAL_STATE:
		return "nothing to do in its state";
	case REFUSAL_STATE_UNKNOWN:
		return "its state is not known";
	case REFUSAL_AMBIGUOUS:
		return "another session has the same id";
	case REFUSAL_CHANGED:
		return "no longer as it was when it was selected";
	}
	return "?";
}

bool refusal_is_safety(enum refusal refusal)
{
	switch (refusal) {
	case REFUSAL_CLASS:
	case REFUSAL_OWN:
	case REFUSAL_NO_BIRTH:
	case REFUSAL_INCOMPLETE:
	case REFUSAL_AMBIGUOUS:
	case REFUSAL_CHANGED:
		return true;
	case REFUSAL_NONE:
	case REFUSAL_NO_MATCH:
	case REFUSAL_UNKNOWN:
	case REFUSAL_USER_UNKNOWN:
	case REFUSAL_STATE:
	case REFUSAL_STATE_UNKNOWN:
		break;
	}
	return false;
}

void rule_index_make(struct rule *rule, struct rule_index *index, struct arena *arena)
{
	*index = (struct rule_index){.ids.arena = arena, .picked_ids.arena = arena};
	index->first = arena_alloc(arena, rule->picked_count * sizeof *index->first);
	index->next = arena_alloc(arena, rule->picked_count * sizeof *index->next);
	for (size_t i = 0; i < rule->ids.count; i++)
		name_index_add(&index->ids, rule->ids.items[i]);
	for (size_t i = 0; i < rule->picked_count; i++) {
		size_t known = index->picked_ids.count;
		size_t id = name_index_add(&index->picked_ids, rule->picked[i].id);

		index->next[i] = id < known ? index->first[id] : NAME_NONE;
		index->first[id] = i;
	}
	rule->index = index;
}

static bool id_listed(const struct rule *rule, const struct session *session)
{
	if (rule->index != NULL)
		return name_index_find(&rule->index->ids, session->id) != NAME_NONE;
	for (size_t i = 0; i < rule->ids.count; i++)
		if (text_same(rule->ids.items[i], session->id))
			return true;
	return false;
}

static const struct session *picked_indexed(const struct rule *rule, const struct session *session)
{
	const struct rule_index *index = rule->index;
	size_t id = name_index_find(&index->picked_ids, session->id);

	for (size_t i = id != NAME_NONE ? index->first[id] : NAME_NONE; i != NAME_NONE; i = index->next[i])
		if (session_same_identity(&rule->picked[i], session))
			return &rule->picked[i];
	return NULL;
}

static const struct session *picked(const struct rule *rule, const struct session *session)
{
	if (rule->index != NULL)
		return picked_indexed(rule, session);
	for (size_t i = 0; i < rule->picked_count; i++)
		if (session_same_identity(&rule->picked[i], session))
			return &rule->picked[i];
	return NULL;
}

/* True if the session was named itself: its refusal is then reported, also one that a bulk rule would not mention. */
static bool explicit(const struct rule *rule)
{
	return rule->ids.count > 0 || rule->from_stdin;
}

/* Checks the times of the rule.  One of them is enough, because no session has both. */
static enum refusal times_judge(const struct rule *rule, const struct classification *classification)
{
	const struct span *limit = &rule->idle_over, *value = &classification->idle;

	if (!rule->idle_over.known && !rule->disconnected_over.known)
		return REFUSAL_NONE;
	if (classification->usage == USAGE_OTHER)
		return REFUSAL_NO_MATCH;
	if (classification->usage == USAGE_DISCONNECTED) {
		limit = &rule->disconnected_over;
		value = &classification->disconnected;
	}
	if (!limit->known)
		return REFUSAL_NO_MATCH;
	if (!value->known)
		return REFUSAL_UNKNOWN;
	return value->length >= limit->length ? REFUSAL_NONE : REFUSAL_NO_MATCH;
}

/* A session of unknown state can be selected by its id only. */
static enum refusal state_judge(const struct rule *rule, enum act act, const struct session *session)
{
	if (session->state == STATE_OTHER && !explicit(rule))
		return REFUSAL_STATE_UNKNOWN;
	switch (act) {
	case ACT_DISCONNECT:
		return session->state == STATE_ACTIVE ? REFUSAL_NONE : REFUSAL_STATE;
	case ACT_MESSAGE: /* no user would see it */
		return session->state == STATE_ACTIVE ? REFUSAL_NONE : REFUSAL_STATE;
	case ACT_LOGOFF:
		break;
	}
	return REFUSAL_NONE;
}

/* Some systems report the time since the last input, so two readings of one input differ a little. */
enum { INPUT_JITTER = 1000 }; /* ms */

/* Has the picked session stayed as it was when it was picked? */
static bool unchanged(const struct rule *rule, const struct session *then, const struct session *now)
{
	if (then->state != now->state || !moment_equal(then->connect_time, now->connect_time))
		return false;
	if (rule->despite_input)
		return true;
	if (then->last_input.is != now->last_input.is)
		return false;
	return now->last_input.is != MOMENT_KNOWN || now->last_input.at <= then->last_input.at + INPUT_JITTER;
}

/* Does the rule select this session?  Whether it may be acted on is checked separately. */
static enum refusal meaning(const struct rule *rule, const struct session *session,
                            const struct classification *classification)
{
	enum refusal refusal;

	if (rule->ids.count > 0 && !id_listed(rule, session))
		return REFUSAL_NO_MATCH;
	if (rule->from_stdin && picked(rule, session) == NULL)
		return REFUSAL_NO_MATCH;
	switch (filter_judge(&rule->filter, session, classification, NULL)) {
	case MATCH_NO:
		return REFUSAL_NO_MATCH;
	case MATCH_UNKNOWN:
		refusal = times_judge(rule, classification);
		return refusal == REFUSAL_NONE ? REFUSAL_USER_UNKNOWN : refusal;
	case MATCH_YES:
		break;
	}
	return times_judge(rule, classification);
}

/* May anything act on this session, whatever the rule? */
static enum refusal protection(const struct rule *rule, enum act act, const struct session *session)
{
	if (session->class != CLASS_USER || session->user[0] == '\0')
		return explicit(rule) ? REFUSAL_CLASS : REFUSAL_NO_MATCH;
	if (session->own == FLAG_YES && act != ACT_MESSAGE)
		return REFUSAL_OWN;
	if (session->birth[0] == '\0')
		return REFUSAL_NO_BIRTH;
	return REFUSAL_NONE;
}

static enum refusal judge(const struct rule *rule, enum act act, const struct session *session, int64_t host_now)
{
	struct classification classification = classify(session, host_now, rule->idle_after, COUNT_USERS);
	enum refusal refusal = meaning(rule, session, &classification);

	if (refusal == REFUSAL_NONE)
		refusal = protection(rule, act, session);
	else if ((refusal == REFUSAL_UNKNOWN || refusal == REFUSAL_USER_UNKNOWN) &&
	         protection(rule, act, session) == REFUSAL_NO_MATCH)
		refusal = REFUSAL_NO_MATCH;
	if (refusal == REFUSAL_NONE)
		refusal = state_judge(rule, act, session);
	return refusal;
}

enum refusal rule_judge(const struct rule *rule, enum act act, const struct snapshot *snapshot,
                        const struct session *session)
{
	const struct session *then;
	enum refusal refusal;

	if (!rule_given(rule))
		return REFUSAL_NO_MATCH;
	refusal = judge(rule, act, session, snapshot->now);
	if (refusal != REFUSAL_NONE)
		return refusal;
	if (!snapshot->complete)
		return REFUSAL_INCOMPLETE;
	if ((then = picked(rule, session)) != NULL && act != ACT_MESSAGE && !unchanged(rule, then, session))
		return REFUSAL_CHANGED;
	return REFUSAL_NONE;
}

enum refusal rule_rematch(const struct rule *rule, enum act act, const struct session *then, const struct session *now,
                          int64_t host_now)
{
	enum refusal refusal;

	if (!session_same_identity(then, now) || then->state != now->state)
		return REFUSAL_CHANGED;
	refusal = judge(rule, act, now, host_now);
	if (refusal == REFUSAL_NO_MATCH || refusal == REFUSAL_STATE || refusal == REFUSAL_UNKNOWN ||
	    refusal == REFUSAL_USER_UNKNOWN || refusal == REFUSAL_STATE_UNKNOWN)
		return REFUSAL_CHANGED;
	if (refusal != REFUSAL_NONE || act == ACT_MESSAGE)
		return refusal;
	if (!moment_equal(then->connect_time, now->connect_time))
		return REFUSAL_CHANGED;
	return explicit(rule) && !unchanged(rule, then, now) ? REFUSAL_CHANGED : REFUSAL_NONE;
}
