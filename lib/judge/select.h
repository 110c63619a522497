/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which sessions are meant: the filters of the check and the rule of the
 * handlers.  Pure.
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

/* Globs; within a list one match is enough, and every list that is not empty must match. */
struct filter {
	struct string_list users;         /* see names_match() */
	struct string_list exclude_users; /* any match takes it out, and for a handler a possible match */
	struct string_list domains;
	struct string_list clients; /* client name or address */
	struct string_list collections;
	struct string_list states; /* words of session_state_name(), or "idle" */
	struct string_list kinds;
};
bool filter_given(const struct filter *filter);
/* UNKNOWN: all match, and an exclusion may match.  exclusion may be NULL. */
enum match filter_judge(const struct filter *filter, const struct session *session,
                        const struct classification *classification, struct names_answer *exclusion);
/* Would it match if the unknown names were known?  A count that leaves it out is uncertain. */
bool filter_may_match(const struct filter *filter, const struct session *session,
                      const struct classification *classification);
/* The first glob that may match the user (unknown); NULL: there is none. */
const char *filter_doubt(const struct filter *filter, const struct session *session);
/* YES alone. */
bool filter_match(const struct filter *filter, const struct session *session,
                  const struct classification *classification);

/* Which sessions a handler acts on. */
struct rule {
	struct filter filter;
	struct string_list ids; /* exact (case-insensitive) ids */
	bool all;
	bool filter_is_rule;           /* the filter was asked for by itself, and not by a section or default */
	struct span idle_over;         /* known: only sessions idle at least so long */
	struct span disconnected_over; /* known: only sessions disconnected at least so long */
	int64_t idle_after;            /* for the classification */
	bool from_stdin;               /* only the picked sessions */
	const struct session *picked;  /* handed in on stdin: identity and times are compared */
	size_t picked_count;
	bool despite_input;             /* those may have had input since: what was decided does not depend on it */
	const struct rule_index *index; /* NULL: ids and picked sessions are looked through one by one */
};

/* The ids and the picked sessions of a rule by their hash: with thousands of each the product is what counts. */
struct rule_index {
	struct name_index ids, picked_ids;
	size_t *first, *next; /* picked sessions of each id, a chain; NAME_NONE ends it */
};
void rule_index_make(struct rule *rule, struct rule_index *index, struct arena *arena);

/* Is a rule there at all?  An empty one selects nothing. */
bool rule_given(const struct rule *rule);

enum refusal {
	REFUSAL_NONE,       /* selected */
	REFUSAL_NO_MATCH,   /* the rule does not mean this session */
	REFUSAL_CLASS,      /* not a user session */
	REFUSAL_OWN,        /* the caller's own */
	REFUSAL_NO_BIRTH,   /* cannot be distinguished from a later session with the same id */
	REFUSAL_UNKNOWN,    /* the rule asks for a time that is not known */
	REFUSAL_UNTOLD,     /* whether an exclusion matches this user is unknown */
	REFUSAL_INCOMPLETE, /* the list was cut short */
	REFUSAL_STATE_UNKNOWN,
	REFUSAL_STATE,     /* already disconnected / no user to message */
	REFUSAL_AMBIGUOUS, /* another session has the id that was named */
	REFUSAL_CHANGED,   /* not the session that was seen when it was selected */
};
const char *refusal_text(enum refusal refusal);
/* One that a person should hear about (exit status 1), as opposed to "not meant". */
bool refusal_is_safety(enum refusal refusal);

/* What the rule and the safety rules say to this session of this snapshot. */
enum refusal rule_judge(const struct rule *rule, enum act act, const struct snapshot *snapshot,
                        const struct session *session);

/* Directly before the act: is *now the very session that was selected as *then, and does the
   rule still mean it?  State and connect time must be equal; chosen by id or from stdin, the
   last input must be no newer.  A message needs only the identity and the state. */
enum refusal rule_rematch(const struct rule *rule, enum act act, const struct session *then, const struct session *now,
                          int64_t host_now);

#endif
