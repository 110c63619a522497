/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The fields of a session, described once: the JSON form (both ways), copies, the WTS module's broker and the
 * subagent's columns use this table.  doc/curfew.schema.json has the same fields (t/unit/session_json.c compares them).
 */
#ifndef CURFEW_SESSION_FIELDS_H
#define CURFEW_SESSION_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/session/session.h"

enum field_type {
	FIELD_TEXT,   /* const char *; "" is left out */
	FIELD_NUMBER, /* uint32_t; left out if the session is not numbered */
	FIELD_STATE,  /* enum session_state, and so on: a word */
	FIELD_CLASS,
	FIELD_KIND,
	FIELD_FLAG,   /* enum flag */
	FIELD_MOMENT, /* struct moment */
	FIELD_SPAN,   /* int64_t, ms; 0 is left out */
	FIELD_LENGTH, /* struct span; left out if unknown */
	FIELD_MARK,   /* bool; false is left out */
	FIELD_TEXTS,  /* struct string_list; an empty one is left out */
	FIELD_FACTS,  /* the same, of "name=value" */
};

/* The order of the JSON form. */
enum session_field {
	SESSION_FIELD_PROVIDER,
	SESSION_FIELD_HOST,
	SESSION_FIELD_ID,
	SESSION_FIELD_USER,
	SESSION_FIELD_BIRTH,
	SESSION_FIELD_DOMAIN,
	SESSION_FIELD_UPN,
	SESSION_FIELD_STATION,
	SESSION_FIELD_CLIENT_NAME,
	SESSION_FIELD_CLIENT_ADDRESS,
	SESSION_FIELD_COLLECTION,
	SESSION_FIELD_APPLICATION,
	SESSION_FIELD_STATE_TEXT,
	SESSION_FIELD_NUMBER,
	SESSION_FIELD_STATE,
	SESSION_FIELD_CLASS,
	SESSION_FIELD_KIND,
	SESSION_FIELD_LOCKED,
	SESSION_FIELD_INHIBITED,
	SESSION_FIELD_CPU_TIME,
	SESSION_FIELD_OWN,
	SESSION_FIELD_LOGON_TIME,
	SESSION_FIELD_CONNECT_TIME,
	SESSION_FIELD_DISCONNECT_TIME,
	SESSION_FIELD_LAST_INPUT,
	SESSION_FIELD_CLOCK_AHEAD,
	SESSION_FIELD_UPN_DERIVED,
	SESSION_FIELD_USER_CUT,
	SESSION_FIELD_DOMAIN_CUT,
	SESSION_FIELD_NAMES,
	SESSION_FIELD_FACTS,
	SESSION_FIELDS
};

struct field_info {
	const char *name; /* the key of the JSON form */
	enum field_type type;
	size_t offset;
	bool identity; /* part of the identity: never cut */
};

extern const struct field_info session_fields[SESSION_FIELDS];

/* The member itself: its type is the one in the table. */
const void *field_at(const struct session *session, enum session_field field);
void *field_of(struct session *session, enum session_field field);

/* For members of the named types. */
const char *field_text(const struct session *session, enum session_field field);
struct moment field_moment(const struct session *session, enum session_field field);
enum flag field_flag(const struct session *session, enum session_field field);

#endif
