/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A notification of CURFEW-MIB: which one, and its variables, which own their texts.  What a table shows is read by the
 * table's own getter, so that a notification and a GET cannot disagree.  Knows nothing of net-snmp.
 */
#ifndef CURFEW_TRAP_H
#define CURFEW_TRAP_H

#include <stddef.h>
#include <stdint.h>

#include "agent/columns.h"
#include "agent/grid.h"
#include "agent/value.h"
#include "lib/base/arena.h"

/* The last arc of the NOTIFICATION-TYPE in mibs/CURFEW-MIB.txt.in; t/mib.t compares them. */
enum trap_kind {
	TRAP_SESSION_OVER_LIMIT = 1,
	TRAP_SESSION_BACK,
	TRAP_SESSION_OVERDUE,
	TRAP_HOST_UNREACHABLE,
	TRAP_HOST_BACK,
	TRAP_SESSION_WARNED,
	TRAP_SESSION_DISCONNECTED,
	TRAP_SESSION_LOGGED_OFF,
	TRAP_SESSION_REFUSED,
	TRAP_ACT_FAILED,
	TRAP_LIMIT_TRIPPED,
	TRAP_ORDER_ENDED,
};

/* curfewActObjects: what happened to a session that may have ended. */
enum act_column {
	ACT_TIME = 1,
	ACT_HOST,
	ACT_SESSION,
	ACT_USER,
	ACT_ACTION,
	ACT_OUTCOME,
	ACT_REASON,
	ACT_PROGRAM,
	ACT_COUNT,
	ACT_ORDER,
};

/* The arc of each part below curfewObjects. */
enum mib_part {
	PART_SCALARS = 1,
	PART_HOSTS,
	PART_SESSIONS,
	PART_NOTIFY,
	PART_ACTS,
	PART_ORDERS,
	PART_ORDER_LOG,
	PART_LAST_ACTS,
	PART_HOST_ACTS
};

enum { TRAP_ID_MAX = 6 };

struct trap_variable {
	unsigned long id[TRAP_ID_MAX]; /* behind curfewObjects */
	size_t id_length;
	struct value value;
};

struct trap {
	enum trap_kind kind;
	uint32_t number; /* set by the queue */
	struct arena arena;
	struct trap_variable *variables;
	size_t count, allocated;
};

void trap_begin(struct trap *trap, enum trap_kind kind);
/* A cell of curfewHostEntry or curfewSessionEntry; one without a value is left out. */
void trap_add_cell(struct trap *trap, enum mib_part part, const struct grid *grid, unsigned column, size_t row);
/* The same for a row that has gone: its column with this value. */
void trap_add_value(struct trap *trap, enum mib_part part, unsigned column, const struct key *key, unsigned key_length,
                    const struct value *value);
/* Adds an object of curfewActObjects; texts are cut as in the tables. */
void trap_add_text(struct trap *trap, enum act_column object, const char *text);
void trap_add_number(struct trap *trap, enum act_column object, enum value_type type, uint64_t number);
void trap_add_time(struct trap *trap, enum act_column object, int64_t when);
void trap_free(struct trap *trap);

#endif
