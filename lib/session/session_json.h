/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one JSON form of a session and of a snapshot, for the check's output, the handlers' stdin, audit lines and the
 * worker protocol (doc/json.md).  Times are RFC 3339 strings in UTC with milliseconds, null = unknown, "never" = never;
 * flags are true, false or null; absent texts are left out.
 */
#ifndef CURFEW_SESSION_JSON_H
#define CURFEW_SESSION_JSON_H

#include <jansson.h>
#include <stddef.h>

#include "lib/base/error.h"
#include "lib/session/session.h"

/* New references; the caller owns them. */
json_t *session_to_json(const struct session *session);
json_t *snapshot_to_json(const struct snapshot *snapshot);
json_t *error_to_json(const struct error *error);
/* The text of a moment; NULL: null, also for a time that has no such form (before the year 1, after 9999).  size >=
 * TIME_TEXT_SIZE. */
const char *moment_text(char *text, size_t size, const struct moment *moment);
/* "name=value" each: {"name": "value"}. */
json_t *facts_to_json(const struct string_list *facts);

/* The decoders accept any input.  Wrong types, a missing identity, texts of more than 1024 bytes and more than a
 * million sessions are ERROR_PROTOCOL.  Unknown keys are ignored.  Texts are copied into the arena.  In a snapshot, a
 * session that has neither provider nor host has the snapshot's. */
int session_from_json(const json_t *json, struct session *session, struct arena *arena, struct error *error);
int snapshot_from_json(const json_t *json, struct snapshot *snapshot, struct error *error);
void error_from_json(const json_t *json, struct error *error);

#endif
