/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a handler is about to do: every session that the rule means, and what
 * the safety rules say to it.  Pure.
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

/* A host that has sessions in the lists, or that is a target without any. */
struct plan_host {
	const char *name;     /* as a list has it */
	const char *identity; /* its one canonical name (lib/target/host_names.h): of its lock and its allowance */
	uint64_t user_sessions;
	size_t selected; /* items that are due on it */
	bool left_out;   /* somebody else is at work on it: none of its items is due */
};

struct plan_item {
	struct visit *visit;
	const struct session *session; /* as it was when it was selected */
	struct classification classification;
	const char *identity; /* of its host */
	size_t host;          /* its number in the plan's hosts */
	enum refusal refusal; /* REFUSAL_NONE: to be acted on */
	const char *reason;   /* why it is kept: refusal_text(), more than that, or unsupported's; NULL if it is due */
	const char *by_name;  /* selected: the name that --user matched, if it is not the one shown; else NULL */
	bool unsupported;     /* selected, but its system has no such act, or is not asked for it */
	bool left_out;        /* selected, but its host is left out */
	bool pending;         /* selected, but an earlier run has ordered it, and it may still come about */
};

/* Selected, its system can do it, its host is not left out, and it is not ordered already. */
bool plan_item_due(const struct plan_item *item);

/* Something named on the command line or on stdin that no complete list has. */
struct plan_missing {
	const char *host; /* "" if it was named by id alone */
	const char *id;
	bool changed;   /* the id is there, but it is another session now */
	bool user_name; /* no id, but the name of a user who has a session */
};

struct plan {
	struct arena arena;
	struct plan_item *items; /* meant by the rule, in the order of the lists */
	size_t count;
	size_t selected; /* items that are due */
	struct plan_missing *missing;
	size_t missing_count;
	uint64_t user_sessions;  /* over all targets of the run: what max-percent is of */
	struct plan_host *hosts; /* each once */
	size_t host_count;
	struct name_index scope; /* the hosts, and hosts and URLs of the targets: whose recent acts count */
	size_t unreachable, incomplete;
};

/* names: NULL where the resolver was not asked; they must live as long as the plan. */
void plan_make(struct plan *plan, struct visit *visits, size_t count, const struct rule *rule, enum act act,
               const struct host_names *names);
void plan_free(struct plan *plan);

/* Hosts with an item that is due, sorted by name: one order for every run, so that two cannot wait for each other.
 *count says how many.  In the plan's arena. */
struct plan_host **plan_acting_hosts(struct plan *plan, size_t *count);

/* An earlier run has ordered it: takes it out of what is selected. */
void plan_item_wait(struct plan *plan, struct plan_item *item);

/* Nothing is done on these hosts (left_out is set): takes their items out of what is selected. */
void plan_leave_out(struct plan *plan);

enum limit {
	LIMIT_KEPT,
	LIMIT_ACTS,    /* more than max_acts */
	LIMIT_PERCENT, /* more than max_percent of the user sessions */
	LIMIT_TOTAL,   /* more than max_acts_total (lib/act/limits.h) */
};

/* From so many user sessions on does max_percent count. */
enum { PERCENT_FROM = 4 };

/* planned acts now, recent ones within the hour; user_sessions as listed now, plus those that
   recent log-offs took away. */
enum limit limit_judge(uint64_t planned, uint64_t recent, uint64_t user_sessions, uint64_t max_acts,
                       uint64_t max_percent);

#endif
