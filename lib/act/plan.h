/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a handler is about to do: every session that the rule selects, with the decision of the safety rules.  Pure.
 */
#ifndef CURFEW_PLAN_H
#define CURFEW_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/name_index.h"
#include "lib/judge/classify.h"
#include "lib/judge/select.h"
#include "lib/target/host_names.h"
#include "lib/target/provider.h"

/* A host that has sessions in the lists, or a target without sessions. */
struct plan_host {
	const char *name;     /* as in the list */
	const char *identity; /* its canonical name (lib/target/host_names.h), for its lock and allowance */
	uint64_t user_sessions;
	size_t selected; /* items to be acted on */
	bool left_out;   /* another handler has locked it: nothing is done on it */
};

struct plan_item {
	struct visit *visit;
	const struct session *session; /* as it was when it was selected */
	struct classification classification;
	const char *identity; /* of its host */
	size_t host;          /* its number in the plan's hosts */
	enum refusal refusal; /* REFUSAL_NONE: to be acted on */
	const char *reason;   /* why it is kept; NULL if it is to be acted on */
	const char *by_name;  /* the name that --user matched, if it is not the one shown; else NULL */
	bool unsupported;     /* selected, but its system has no such act, or the target's options do not ask for it */
	bool left_out;        /* selected, but its host is left out */
	bool pending;         /* selected, but an earlier run has ordered the act, which may still take effect */
};

/* True if it is to be acted on: selected, supported, its host not left out, and not ordered already. */
bool plan_item_due(const struct plan_item *item);

/* Something named on the command line or on stdin that is in no complete list. */
struct plan_missing {
	const char *host; /* "" if it was named by id alone */
	const char *id;
	bool changed;   /* the id is there, but belongs to another session now */
	bool user_name; /* not an id, but the name of a user who has a session */
};

struct plan {
	struct arena arena;
	struct plan_item *items; /* selected by the rule, in the order of the lists */
	size_t count;
	size_t selected; /* items to be acted on */
	struct plan_missing *missing;
	size_t missing_count;
	uint64_t user_sessions;  /* over all targets of the run, for max-percent */
	struct plan_host *hosts; /* each once */
	size_t host_count;
	struct name_index scope; /* hosts, and hosts and URLs of the targets, whose recent acts count */
	size_t unreachable, incomplete;
};

/* names: NULL if the resolver was not used; must live as long as the plan. */
void plan_make(struct plan *plan, struct visit *visits, size_t count, const struct rule *rule, enum act act,
               const struct host_names *names);
void plan_free(struct plan *plan);

/* The hosts with an item to be acted on, sorted by name.  Every run locks in this order, so that two runs cannot
 * wait for each other.  count says how many; in the plan's arena. */
struct plan_host **plan_acting_hosts(struct plan *plan, size_t *count);

/* Marks the item as ordered by an earlier run: it is not acted on. */
void plan_item_wait(struct plan *plan, struct plan_item *item);

/* After left_out was set on hosts: their items are not acted on. */
void plan_leave_out(struct plan *plan);

enum limit {
	LIMIT_KEPT,
	LIMIT_ACTS,    /* more than max_acts */
	LIMIT_PERCENT, /* more than max_percent of the user sessions */
	LIMIT_TOTAL,   /* more than max_acts_total (lib/act/limits.h) */
	LIMIT_NIGHT,   /* more than max_acts_night */
	LIMIT_NIGHT_TOTAL,
};

/* max_percent counts from this many user sessions on. */
enum { PERCENT_FROM = 4 };

/* planned: acts of now; recent: within the hour; user_sessions: listed now, plus those that recent log-offs ended. */
enum limit limit_judge(uint64_t planned, uint64_t recent, uint64_t user_sessions, uint64_t max_acts,
                       uint64_t max_percent);

#endif
