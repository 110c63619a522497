/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The acts in the audits that the agent follows: the last one of each session, and counts for each host, since the
 * agent's start.
 */
#ifndef CURFEW_ACTS_H
#define CURFEW_ACTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/grid.h"
#include "agent/table.h"
#include "agent/trap_act.h"

/* curfewLastActEntry and curfewHostActEntry; t/mib.t compares them. */
enum last_act_column { LAST_ACT_ACTION = 1, LAST_ACT_OUTCOME, LAST_ACT_REASON, LAST_ACT_TIME };
enum host_act_column { HOST_ACT_DONE = 1, HOST_ACT_REFUSED, HOST_ACT_FAILED };

enum { ACTS_KEPT = 4096 }; /* sessions; the oldest are forgotten */

struct act_record {
	uint64_t who; /* hash of host, id and birth */
	enum act_number act;
	char *outcome, *reason;
	int64_t when; /* of the machine that acted */
};

struct act_counts {
	uint64_t host; /* hash of the name */
	uint32_t done, refused, failed;
};

struct acts {
	struct act_record records[ACTS_KEPT]; /* a ring */
	size_t count, next;
	struct act_counts *hosts;
	size_t host_count, host_room;
	bool stale;       /* the rows below are of another table, or of fewer acts */
	struct key *keys; /* of the sessions of the table that have a record */
	size_t *at;
	size_t rows;
	const struct table *table;
	uint32_t serial; /* of the table */
};

/* Reads a line of the audit.  Only results and refusals have an effect. */
void acts_add(struct acts *acts, const json_t *line);
void acts_free(struct acts *acts);

/* The sessions of this table with a last act; its hosts. */
struct grid acts_sessions(struct acts *acts, const struct table *table);
struct grid acts_hosts(struct acts *acts, const struct table *table);

#endif
