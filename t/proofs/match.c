/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy_exempts(), policy_means(): what cannot be told is never a no, for every policy and session.  What one glob or
 * name says to one text (glob_match(), glob_may_mean_host(), names_match(), text_same(), address_same()) is any answer
 * at all, and each text may be damaged or cut.
 */
#include "t/proofs/proof.h"

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "lib/policy/policy.h"
#include "lib/session/names.h"
#include "lib/session/session.h"

/* Each item is one letter that nobody else has, and so is each text; an empty text is "". */
static const char *const letters[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l",
                                      "m", "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x"};
enum { ITEMS = 24, PER_LIST = 2 };
struct answers {
	bool yes[ITEMS][ITEMS], perhaps[ITEMS][ITEMS], same[ITEMS][ITEMS], address[ITEMS][ITEMS], goes_on[ITEMS][ITEMS];
	bool host[ITEMS][ITEMS], damaged[ITEMS];
};
static const struct answers *answers;
static enum match wanted_user, exempt_user;
static const char *kind_name;
static struct policy policy;

static unsigned number_of(const char *letter)
{
	return letter[0] != '\0' ? (unsigned)(letter[0] - 'a') : ITEMS - 1;
}

enum match glob_match(const char *glob, const char *text)
{
	if (answers->yes[number_of(glob)][number_of(text)])
		return MATCH_YES;
	return answers->perhaps[number_of(glob)][number_of(text)] ? MATCH_UNKNOWN : MATCH_NO;
}

bool text_same(const char *a, const char *b)
{
	return answers->same[number_of(a)][number_of(b)];
}

bool address_same(const char *a, const char *b)
{
	return b[0] != '\0' && answers->address[number_of(a)][number_of(b)];
}

bool glob_may_go_on(const char *glob, const char *text)
{
	return answers->goes_on[number_of(glob)][number_of(text)];
}

bool glob_may_mean_host(const char *glob, const char *name)
{
	return answers->host[number_of(glob)][number_of(name)];
}

bool text_damaged(const char *text)
{
	return answers->damaged[number_of(text)];
}

struct names_answer names_match(const struct string_list *globs, const struct session *session)
{
	struct names_answer answer;

	(void)session;
	answer.match = globs == &policy.users ? wanted_user : exempt_user;
	return answer;
}

const char *session_kind_name(enum session_kind kind)
{
	(void)kind;
	return kind_name;
}

static enum match any_match(void)
{
	unsigned match = nondet_unsigned();

	ASSUME(match <= MATCH_UNKNOWN);
	return match;
}

/* Two letters from this one on: both, one or none of them. */
static struct string_list any_list(unsigned from)
{
	struct string_list list = {(const char **)&letters[from], nondet_unsigned(), PER_LIST};

	ASSUME(list.count <= PER_LIST);
	return list;
}

static const char *any_text(unsigned letter)
{
	return nondet_bool() ? letters[letter] : "";
}

/* Every item of the list says a certain no to this text. */
static bool all_deny(const struct string_list *list, const char *text)
{
	bool deny = list->count == 0 || (text[0] != '\0' && !answers->damaged[number_of(text)]);

	for (size_t i = 0; i < PER_LIST; i++)
		deny = deny && (i >= list->count || glob_match(list->items[i], text) == MATCH_NO);
	return deny;
}

static bool some_confirms(const struct string_list *list, const char *text)
{
	bool confirms = false;

	for (size_t i = 0; i < PER_LIST; i++)
		confirms =
		    confirms || (i < list->count && text[0] != '\0' && glob_match(list->items[i], text) == MATCH_YES);
	return confirms;
}

static bool in_common(const struct string_list *wanted, const struct string_list *groups)
{
	bool common = false;

	for (size_t i = 0; i < PER_LIST; i++)
		for (size_t j = 0; groups != NULL && j < PER_LIST; j++)
			common = common || (i < wanted->count && j < groups->count &&
			                    text_same(wanted->items[i], groups->items[j]));
	return common;
}

static bool some_address(const struct string_list *list, const char *address)
{
	bool same = false;

	for (size_t i = 0; i < PER_LIST; i++)
		same = same || (i < list->count && address_same(list->items[i], address));
	return same;
}

static bool some_host(const struct string_list *list, const char *name)
{
	bool may = false;

	for (size_t i = 0; i < PER_LIST; i++)
		may = may || (i < list->count && glob_may_mean_host(list->items[i], name));
	return may;
}

static bool target_named(const char *label)
{
	bool named = false;

	for (size_t i = 0; i < PER_LIST; i++)
		named = named || (i < policy.targets.count && text_same(policy.targets.items[i], label));
	return named;
}

static void prove_exempts(const struct policy_subject *subject)
{
	const struct session *session = subject->session;
	const enum match exempts = policy_exempts(&policy, subject);
	const bool none = policy.exempt_users.count + policy.exempt_groups.count + policy.exempt_clients.count == 0;

	PROVE(exempts != MATCH_NO || policy.exempt_users.count == 0 || exempt_user == MATCH_NO,
	      "match 1: not exempt: no name of the user may be among the exempt");
	PROVE(exempts != MATCH_NO || policy.exempt_groups.count == 0 ||
	          (subject->groups != NULL && !policy.exempt_groups_doubtful &&
	           !in_common(&policy.exempt_groups, subject->groups)),
	      "match 2: not exempt: the groups are known, all of the policy's exist, and none of them is");
	PROVE(exempts != MATCH_NO || (all_deny(&policy.exempt_clients, session->client_name) &&
	                              all_deny(&policy.exempt_clients, session->client_address) &&
	                              !some_host(&policy.exempt_clients, session->client_name) &&
	                              !some_address(&policy.exempt_clients, session->client_address)),
	      "match 3: not exempt: name and address of the client are known, and neither may be");
	PROVE(exempts != MATCH_NO || policy.exempt_clients.count == 0 || session->state != STATE_DISCONNECTED,
	      "match 14: not exempt: its client is there, if clients are");
	PROVE(!none || exempts == MATCH_NO, "match 4: where nobody is exempt nobody is");
	WITNESS(exempts == MATCH_NO && policy.exempt_clients.count == 2, "match: not exempt by two");
	WITNESS(exempts == MATCH_UNKNOWN, "match: perhaps exempt");
}

static bool wants(const struct string_list *list, bool confirmed)
{
	return list->count == 0 || confirmed;
}

static void prove_meant(const struct policy_subject *subject)
{
	const struct session *session = subject->session;
	const enum match meant = policy_means(&policy, subject);
	const char *kind = session->kind != KIND_UNKNOWN ? kind_name : "";

	PROVE(meant != MATCH_YES || wants(&policy.targets, target_named(subject->target)),
	      "match 5: meant: its target is named");
	PROVE(meant != MATCH_YES || wants(&policy.users, wanted_user == MATCH_YES), "match 6: meant: its user is");
	PROVE(meant != MATCH_YES || wants(&policy.groups, in_common(&policy.groups, subject->groups)),
	      "match 7: meant: a group of its user is known and is");
	PROVE(meant != MATCH_YES || wants(&policy.domains, some_confirms(&policy.domains, session->domain)),
	      "match 8: meant: its domain is known and is");
	PROVE(meant != MATCH_YES || wants(&policy.clients, some_address(&policy.clients, session->client_address) ||
	                                                       some_confirms(&policy.clients, session->client_name) ||
	                                                       some_confirms(&policy.clients, session->client_address)),
	      "match 9: meant: name or address of its client is");
	PROVE(meant != MATCH_YES || wants(&policy.collections, some_confirms(&policy.collections, session->collection)),
	      "match 10: meant: its collection is");
	PROVE(meant != MATCH_YES || wants(&policy.kinds, some_confirms(&policy.kinds, kind)),
	      "match 11: meant: its kind is");
	PROVE(meant != MATCH_YES || policy.locked == FLAG_UNKNOWN || session->locked == policy.locked,
	      "match 12: meant: it is locked, or not, if that was asked for");
	WITNESS(meant == MATCH_YES && policy.users.count > 0 && policy.groups.count > 0 && policy.clients.count > 0,
	        "match: meant by three lists");
}

/* The way on to the policies behind it: what is unknown must not open it. */
static void prove_not_meant(const struct policy_subject *subject)
{
	const struct session *session = subject->session;
	const char *kind = session->kind != KIND_UNKNOWN ? kind_name : "";
	const bool client = all_deny(&policy.clients, session->client_name) &&
	                    all_deny(&policy.clients, session->client_address) &&
	                    !some_host(&policy.clients, session->client_name) &&
	                    !some_address(&policy.clients, session->client_address);

	PROVE(
	    policy_means(&policy, subject) != MATCH_NO ||
	        (policy.targets.count > 0 && !target_named(subject->target)) ||
	        (policy.users.count > 0 && wanted_user == MATCH_NO) ||
	        (policy.groups.count > 0 && subject->groups != NULL && !policy.groups_doubtful &&
	         !in_common(&policy.groups, subject->groups)) ||
	        (policy.domains.count > 0 && all_deny(&policy.domains, session->domain)) ||
	        (policy.clients.count > 0 && client) ||
	        (policy.collections.count > 0 && all_deny(&policy.collections, session->collection)) ||
	        (policy.kinds.count > 0 && all_deny(&policy.kinds, kind)) ||
	        (policy.locked != FLAG_UNKNOWN && session->locked != FLAG_UNKNOWN && session->locked != policy.locked),
	    "match 13: not meant: one of the lists says a certain no");
	WITNESS(policy_means(&policy, subject) == MATCH_NO, "match: not meant");
}

static enum flag any_flag(void)
{
	unsigned flag = nondet_unsigned();

	ASSUME(flag <= FLAG_YES);
	return flag;
}

int main(void)
{
	struct answers any; /* what has no value has any */
	struct session session = any_session();
	struct string_list groups = any_list(14);
	struct policy_subject subject = {
	    .target = letters[21], .session = &session, .groups = nondet_bool() ? &groups : NULL};

	answers = &any;
	wanted_user = any_match();
	exempt_user = any_match();
	kind_name = letters[20];
	policy.targets = any_list(0);
	policy.users = any_list(0); /* names_match() is asked of the whole list */
	policy.groups = any_list(2);
	policy.groups_doubtful = nondet_bool();
	policy.exempt_groups_doubtful = nondet_bool();
	policy.domains = any_list(4);
	policy.clients = any_list(6);
	policy.collections = any_list(8);
	policy.kinds = any_list(10);
	policy.locked = any_flag();
	policy.exempt_users = any_list(0);
	policy.exempt_groups = any_list(2);
	policy.exempt_clients = any_list(12);
	session.locked = any_flag();
	session.domain = any_text(16);
	session.client_name = any_text(17);
	session.client_address = any_text(18);
	session.collection = any_text(19);
	prove_exempts(&subject);
	prove_meant(&subject);
	prove_not_meant(&subject);
	return 0;
}
