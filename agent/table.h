/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the subagent serves: the hosts and sessions of one poll, sorted by their
 * SNMP index and never changed once made.  A new poll makes a new table, which
 * takes the old one's place by one pointer between two requests, so that a
 * request sees one or the other and never a mixture.
 */
#ifndef CURFEW_TABLE_H
#define CURFEW_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/answer.h"
#include "agent/grid.h"
#include "lib/base/arena.h"
#include "lib/judge/classify.h"
#include "lib/judge/select.h"
#include "lib/session/session.h"

struct host_row {
	const char *name;     /* of the machine; "" = not told yet */
	const char *target;   /* label */
	const char *provider; /* scheme */
	const char *problem;  /* why there was no answer; "" = there was one */
	bool reachable;
	bool complete;
	struct counts counts;
	struct moment last_answer; /* on our clock */
	uint64_t polls, failures;
};

struct session_row {
	const struct session *session;
	struct classification classification;
	bool synthetic; /* the number is ours, not the session system's */
};

struct table {
	struct arena arena;     /* owns what the polls' answers do not */
	struct answer *answers; /* owned: the texts are theirs */
	size_t answer_count;
	uint32_t serial;         /* 0: no poll yet; the first is the clock's seconds, so that a restart repeats none */
	int64_t taken_at;        /* our clock */
	int64_t taken_monotonic; /* the same moment for its age */
	struct key *host_keys;   /* index */
	struct host_row *hosts;  /* parallel to host_keys */
	size_t host_count;
	struct key *session_keys; /* host index, number */
	struct session_row *sessions;
	size_t session_count;
	struct counts totals; /* over the hosts that answered */
	size_t unreachable;   /* hosts */
};

/* What decides which sessions are shown and what they count as: as in the check. */
struct table_rule {
	int64_t idle_after; /* ms */
	unsigned classes;
	const struct filter *filter;
};

/* A table without rows, serial 0. */
struct table *table_empty(void);

/* From a poll's answers, which the table takes over.  previous gives serials, the hosts' counters
   and the numbers of living sessions that have none of their own; it is only read. */
struct table *table_make(struct answer *answers, size_t count, const struct table *previous,
                         const struct table_rule *rule, int64_t now, int64_t monotonic);
/* Sessions of this answer are in another target's, and the table before did not have it so: time to say it. */
bool table_shares_newly(const struct table *before, const struct answer *answer);
void table_free(struct table *table); /* NULL is allowed */

/* For a walk: the columns are those of agent/columns.h. */
struct grid table_hosts(const struct table *table);
struct grid table_sessions(const struct table *table);

#endif
