/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which sessions a policy applies to, and which are exempt. */
#include <stdbool.h>
#include <stddef.h>

#include "lib/base/address.h"
#include "lib/base/arena.h"
#include "lib/base/name_index.h"
#include "lib/base/text.h"
#include "lib/policy/policy.h"
#include "lib/session/names.h"
#include "lib/session/session.h"

static enum match match_or(enum match a, enum match b)
{
	if (a == MATCH_YES || b == MATCH_YES)
		return MATCH_YES;
	return a == MATCH_UNKNOWN || b == MATCH_UNKNOWN ? MATCH_UNKNOWN : MATCH_NO;
}

static enum match match_and(enum match a, enum match b)
{
	if (a == MATCH_NO || b == MATCH_NO)
		return MATCH_NO;
	return a == MATCH_UNKNOWN || b == MATCH_UNKNOWN ? MATCH_UNKNOWN : MATCH_YES;
}

/* The characters that an RDP client reports of its name (MS-RDPBCGR 2.2.1.3.2). */
enum { CLIENT_MOST = 15 };

static size_t characters(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++)
		count += (*text & 0xc0) != 0x80;
	return count;
}

/* An unknown text may be any text; of a cut one, or a damaged one, a part is unknown. */
static enum match text_match(const struct string_list *globs, const char *text, bool cut)
{
	enum match match = MATCH_NO;

	if (globs->count > 0 && text[0] == '\0')
		return MATCH_UNKNOWN;
	for (size_t i = 0; i < globs->count && match != MATCH_YES; i++) {
		match = match_or(match, glob_match(globs->items[i], text));
		if (match == MATCH_NO && (text_damaged(text) || (cut && glob_may_go_on(globs->items[i], text))))
			match = MATCH_UNKNOWN;
	}
	return match;
}

/* A client tells its short name or its whole one, as its system likes. */
static enum match client_match(const struct string_list *globs, const struct session *session)
{
	const char *name = session->client_name, *address = session->client_address;
	enum match match = text_match(globs, name, characters(name) == CLIENT_MOST);

	for (size_t i = 0; i < globs->count; i++) {
		if (address_same(globs->items[i], address))
			return MATCH_YES;
		if (glob_may_mean_host(globs->items[i], name))
			match = match_or(match, MATCH_UNKNOWN);
	}
	return match_or(match, text_match(globs, address, false));
}

/* A disconnected session has no client; what its system still reports is the last one. */
static enum match client_exempts(const struct string_list *globs, const struct session *session)
{
	enum match match = client_match(globs, session);

	return globs->count > 0 && session->state == STATE_DISCONNECTED ? match_or(match, MATCH_UNKNOWN) : match;
}

static enum match user_match(const struct string_list *globs, const struct session *session)
{
	return globs->count > 0 ? names_match(globs, session).match : MATCH_NO;
}

static enum match group_match(const struct string_list *wanted, bool doubtful, const struct string_list *groups)
{
	if (wanted->count > 0 && groups == NULL)
		return MATCH_UNKNOWN;
	for (size_t i = 0; i < wanted->count; i++)
		for (size_t j = 0; j < groups->count; j++)
			if (text_same(wanted->items[i], groups->items[j]))
				return MATCH_YES;
	return wanted->count > 0 && doubtful ? MATCH_UNKNOWN : MATCH_NO;
}

static bool target_listed(const struct policy *policy, const char *name)
{
	if (policy->target_index != NULL)
		return name_index_find(policy->target_index, name) != NAME_NONE;
	for (size_t i = 0; i < policy->targets.count; i++)
		if (text_same(policy->targets.items[i], name))
			return true;
	return false;
}

/* Another URL with the same label may be the same host, or another one. */
static enum match target_match(const struct policy *policy, const struct policy_subject *subject)
{
	if (target_listed(policy, subject->target))
		return MATCH_YES;
	return subject->label != NULL && target_listed(policy, subject->label) ? MATCH_UNKNOWN : MATCH_NO;
}

static enum match kind_match(const struct string_list *globs, enum session_kind kind)
{
	return text_match(globs, kind != KIND_UNKNOWN ? session_kind_name(kind) : "", false);
}

static enum match locked_match(enum flag wanted, enum flag locked)
{
	if (wanted == FLAG_UNKNOWN)
		return MATCH_YES;
	if (locked == FLAG_UNKNOWN)
		return MATCH_UNKNOWN;
	return locked == wanted ? MATCH_YES : MATCH_NO;
}

/* An empty list matches everything. */
static enum match wanted(const struct string_list *list, enum match match)
{
	return list->count == 0 ? MATCH_YES : match;
}

enum match policy_means(const struct policy *policy, const struct policy_subject *subject)
{
	const struct session *session = subject->session;
	enum match match = wanted(&policy->targets, target_match(policy, subject));

	match = match_and(match, wanted(&policy->users, user_match(&policy->users, session)));
	match = match_and(
	    match, wanted(&policy->groups, group_match(&policy->groups, policy->groups_doubtful, subject->groups)));
	match = match_and(match,
	                  wanted(&policy->domains, text_match(&policy->domains, session->domain, session->domain_cut)));
	match = match_and(match, wanted(&policy->clients, client_match(&policy->clients, session)));
	match = match_and(match,
	                  wanted(&policy->collections, text_match(&policy->collections, session->collection, false)));
	match = match_and(match, locked_match(policy->locked, session->locked));
	return match_and(match, wanted(&policy->kinds, kind_match(&policy->kinds, session->kind)));
}

enum match policy_exempts(const struct policy *policy, const struct policy_subject *subject)
{
	enum match match = user_match(&policy->exempt_users, subject->session);

	match = match_or(match, group_match(&policy->exempt_groups, policy->exempt_groups_doubtful, subject->groups));
	return match_or(match, client_exempts(&policy->exempt_clients, subject->session));
}
