/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The columns of CURFEW-MIB and how a row shows in them.  Pure, and knows
 * nothing of net-snmp.  The numbers are those of mibs/CURFEW-MIB.txt.in, and
 * t/mib.t compares them.
 */
#ifndef CURFEW_COLUMNS_H
#define CURFEW_COLUMNS_H

#include "agent/table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum scalar_column {
	SCALAR_SERIAL = 1,
	SCALAR_TIME,
	SCALAR_AGE,
	SCALAR_POLL_INTERVAL,
	SCALAR_POLL_FAILURES,
	SCALAR_IDLE_AFTER,
	SCALAR_HOSTS,
	SCALAR_SESSIONS,
	SCALAR_HOSTS_UNREACHABLE,
	SCALAR_TOTAL,
	SCALAR_ACTIVE,
	SCALAR_IDLE,
	SCALAR_IDLE_UNKNOWN,
	SCALAR_DISCONNECTED,
	SCALAR_OLDEST_IDLE,
	SCALAR_OLDEST_DISCONNECT,
	SCALAR_POLL_DURATION,
	SCALAR_AGENT_START,
	SCALAR_AGENT_VERSION,
};

enum host_column {
	HOST_NAME = 2,
	HOST_TARGET,
	HOST_PROVIDER,
	HOST_REACHABLE,
	HOST_COMPLETE,
	HOST_ERROR,
	HOST_LAST_ANSWER,
	HOST_TOTAL,
	HOST_ACTIVE,
	HOST_IDLE,
	HOST_IDLE_UNKNOWN,
	HOST_DISCONNECTED,
	HOST_OLDEST_IDLE,
	HOST_OLDEST_DISCONNECT,
	HOST_POLLS,
	HOST_POLL_FAILURES,
};

enum session_column {
	SESSION_ID = 2,
	SESSION_USER,
	SESSION_DOMAIN,
	SESSION_UPN,
	SESSION_STATE,
	SESSION_STATE_TEXT,
	SESSION_CLASS,
	SESSION_KIND,
	SESSION_COUNTED,
	SESSION_USAGE,
	SESSION_IDLE_SECONDS,
	SESSION_DISCONNECTED_SECONDS,
	SESSION_LOGON_TIME,
	SESSION_CONNECT_TIME,
	SESSION_DISCONNECT_TIME,
	SESSION_LAST_INPUT,
	SESSION_LOCKED,
	SESSION_STATION,
	SESSION_CLIENT_NAME,
	SESSION_CLIENT_ADDRESS_TYPE,
	SESSION_CLIENT_ADDRESS,
	SESSION_CLIENT_ADDRESS_TEXT,
	SESSION_COLLECTION,
	SESSION_APPLICATION,
	SESSION_BIRTH,
};

enum value_type { VALUE_INTEGER, VALUE_GAUGE32, VALUE_COUNTER32, VALUE_COUNTER64, VALUE_OCTETS };

/* A variable's value.  octets points into the table or, for short made-up ones, to the own buffer:
   do not copy a value. */
struct value {
	enum value_type type;
	uint64_t number;
	const void *octets;
	size_t length;
	unsigned char own[16];
};

/* What the scalars tell beside the table. */
struct scalars {
	int64_t poll_interval; /* ms */
	int64_t idle_after;    /* ms */
	int64_t poll_duration; /* ms; below 0: no poll has ended yet */
	int64_t agent_start;   /* our clock */
	uint32_t poll_failures;
};

/* column is one of the enums above; the values' units are the MIB's.  false: what is asked is not known
   or does not apply, so there is no such instance. */
bool scalar_value(const struct table *table, const struct scalars *scalars, int64_t monotonic, unsigned column,
                  struct value *value);
bool host_value(const struct host_row *row, unsigned column, struct value *value);
bool session_value(const struct session_row *row, unsigned column, struct value *value);

#endif
