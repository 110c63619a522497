/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The columns of CURFEW-MIB and how a row shows in them: the one table of them.
 * Whoever serves a block takes them from there, so a new column is a line of an
 * enum here and a case in columns.c.  Pure, and knows nothing of net-snmp.
 * The numbers are those of mibs/CURFEW-MIB.txt.in, and t/mib.t compares them.
 */
#ifndef CURFEW_COLUMNS_H
#define CURFEW_COLUMNS_H

#include <stdbool.h>

#include "agent/rows.h"
#include "agent/value.h"

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
	SCALAR_DISCONTINUITY_TIME,
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
	HOST_POLL_DURATION,
	HOST_LAST_SEEN,
	HOST_DISCONTINUITY_TIME,
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
	SESSION_KEY,
	SESSION_POLICY,
	SESSION_VERDICT,
	SESSION_VERDICT_REASON,
	SESSION_DUE,
};

/* The last columns; a new column changes them. */
enum {
	SCALAR_FIRST = SCALAR_SERIAL,
	SCALAR_LAST = SCALAR_DISCONTINUITY_TIME,
	HOST_FIRST = HOST_NAME,
	HOST_LAST = HOST_DISCONTINUITY_TIME,
	SESSION_FIRST = SESSION_ID,
	SESSION_LAST = SESSION_DUE,
};

/* column is one of the enums above; units are the MIB's.  false: the value is not known or does not apply, so the
 * instance does not exist. */
bool scalar_value(const struct rows *rows, unsigned column, struct value *value);
bool host_value(const struct host_row *row, unsigned column, struct value *value);
bool session_value(const struct session_row *row, unsigned column, struct value *value);

#endif
