/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The hosts and sessions of one poll, sorted by their SNMP index: what the
 * polling process makes of its answers, and packs into the block that is
 * served (agent/table.h).
 */
#ifndef CURFEW_ROWS_H
#define CURFEW_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/answer.h"
#include "agent/grid.h"
#include "agent/pack.h"
#include "agent/table.h"
#include "agent/verdicts.h"
#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/judge/classify.h"
#include "lib/judge/select.h"
#include "lib/session/session.h"

struct host_row {
	const char *name;     /* of the machine; "" = not known yet */
	const char *target;   /* label */
	const char *provider; /* scheme */
	const char *problem;  /* why there was no answer; "" = there was one */
	bool reachable;
	bool complete;
	struct counts counts;
	struct moment last_answer; /* on our clock */
	struct moment last_seen;   /* its own last answer, or a session of it in an answer; likewise */
	struct span duration;      /* from the poll's begin to its answer */
	uint64_t polls, failures;
	int64_t counted_since; /* these; on the monotonic clock */
};

struct session_row {
	const struct session *session;
	struct classification classification;
	bool synthetic;                /* the number is ours, not the session system's */
	const struct verdict *verdict; /* NULL: no policy matches it */
};

/* Values of the scalars beside the rows. */
struct circumstances {
	int64_t poll_interval; /* ms */
	int64_t idle_after;    /* ms */
	int64_t poll_duration; /* ms; below 0: no poll has ended yet */
	int64_t agent_start;   /* our clock */
	int64_t counted_since; /* the same moment on the monotonic clock */
	uint32_t poll_failures;
};

struct rows {
	struct arena arena;
	const struct answer *answers; /* not owned: the texts are theirs */
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
	struct circumstances circumstances;
};

/* Decides which sessions are shown, and how they are counted: as in the check. */
struct row_rule {
	int64_t idle_after; /* ms */
	unsigned classes;
	const struct filter *filter;
	int64_t begun; /* the poll, on our clock */
};

/* No rows, serial 0: before the first poll. */
void rows_none(struct rows *rows, const struct circumstances *circumstances);
/* From a poll's answers.  previous gives the serial, the hosts' counters and the numbers of living sessions that have
   none of their own. */
void rows_make(struct rows *rows, const struct answer *answers, size_t count, const struct table *previous,
               const struct row_rule *rule, int64_t now, int64_t monotonic);
void rows_free(struct rows *rows);

/* True if another target has sessions of this answer, and the table before did not have it so: it is then logged. */
bool rows_share_newly(const struct table *before, const struct answer *answer);

/* All of it as one block. */
int rows_pack(const struct rows *rows, struct packed *packed, struct error *error);

#endif
