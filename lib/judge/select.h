/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Selects sessions: the filters of the check, and the rule of the handlers.  Pure.
 */
#ifndef CURFEW_SELECT_H
#define CURFEW_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/name_index.h"
#include "lib/base/text.h"
#include "lib/judge/classify.h"
#include "lib/session/names.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"

/* Lists of globs.  One match in a list is enough, and every list that is not empty must match. */
struct filter {
	struct string_list users;         /* see names_match() */
	struct string_list exclude_users; /* a match excludes the session; for a handler a possible match does, too */
	struct string_list domains;
	struct string_list clients; /* client name or address */
	struct string_list collections;
	struct string_list states; /* words of session_state_name(), or "idle" */
	struct string_list kinds;
};
bool filter_given(const struct filter *filter);
/* UNKNOWN: everything else matches, and an exclusion may match.  exclusion may be NULL. */
enum match filter_judge(const struct filter *filter, const struct session *session,
                        const struct classification *classification, struct names_answer *exclusion);
/* True if it would match with the unknown names known.  A count without it is uncertain. */
bool filter_may_match(const struct filter *filter, const struct session *session,
                      const struct classification *classification);
/* The first glob that may match the user, but need not; NULL: there is none. */
const char *filter_doubt(const struct filter *filter, const struct session *session);
/* True for YES only. */
bool filter_match(const struct filter *filter, const struct session *session,
                  const struct classification *classification);

/* Which sessions a handler acts on. */
struct rule {
	struct filter filter;
	struct string_list ids; /* exact (case-insensitive) ids */
	bool all;
	bool filter_is_rule;           /* the filter was given on its own, and not by a section or [defaults] */
	struct span idle_over;         /* known: only sessions that are idle at least this long */
	struct span disconnected_over; /* known: only sessions that are disconnected at least this long */
	int64_t idle_after;            /* for the classification */
	bool from_stdin;               /* only the picked sessions */
	const struct session *picked;  /* read from stdin: identity and times are compared */
	size_t picked_count;
	bool despite_input;             /* these may have had input since: the decision does not depend on it */
	const struct rule_index *index; /* NULL: ids and picked sessions are searched one by one */
};

/* A hash index of a rule's ids and picked sessions: without it the work grows with their number times the sessions. */
struct rule_index {
	struct name_index ids, picked_ids;
	size_t *first, *next; /* chains of the picked sessions with one id; NAME_NONE ends a chain */
};
void rule_index_make(struct rule *rule, struct rule_index *index, struct arena *arena);

/* False for an empty rule, which selects nothing. */
bool rule_given(const struct rule *rule);

enum refusal {
	REFUSAL_NONE,         /* selected */
	REFUSAL_NO_MATCH,     /* the rule does not mean this session */
	REFUSAL_CLASS,        /* not a user session */
	REFUSAL_OWN,          /* the caller's own */
	REFUSAL_NO_BIRTH,     /* cannot be distinguished from a later session with the same id */
	REFUSAL_UNKNOWN,      /* the rule asks for a time that is unknown */
	REFUSAL_USER_UNKNOWN, /* whether an exclusion matches this user is unknown */
	REFUSAL_INCOMPLETE,   /* the list is not complete */
	REFUSAL_STATE_UNKNOWN,
	REFUSAL_STATE,     /* already disconnected / no user to message */
	REFUSAL_AMBIGUOUS, /* another session has the same id */
	REFUSAL_CHANGED,   /* no longer as it was when it was selected */
};
const char *refusal_text(enum refusal refusal);
/* True for a refusal that a person should read (exit status 1); false for "not selected". */
bool refusal_is_safety(enum refusal refusal);

/* Applies the rule and the safety rules to this session of this snapshot. */
enum refusal rule_judge(const struct rule *rule, enum act act, const struct snapshot *snapshot,
                        const struct session *session);

/* Called directly before the act: is *now the session that was selected as *then, and does the rule still select it?
 * State and connect time must be equal.  For one chosen by id or from stdin, the last input must be no newer.  For a
 * message, identity and state are enough. */
enum refusal rule_rematch(const struct rule *rule, enum act act, const struct session *then, const struct session *now,
                          int64_t host_now);

#endif
