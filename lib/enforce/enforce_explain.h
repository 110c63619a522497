/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run of explain_sessions: what became of a user's sessions, from the ledger's history and the audit together. */
#ifndef CURFEW_ENFORCE_EXPLAIN_H
#define CURFEW_ENFORCE_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/act/remedy_writer.h"
#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/name_index.h"
#include "lib/base/text.h"
#include "lib/config/options.h"
#include "lib/config/settings.h"
#include "lib/session/session.h"

/* 0, or -1 with *error. */
int explain_run(const struct program_info *program, const struct settings *settings, struct remedy_writer *writer,
                struct error *error);

struct explained_event {
	int64_t at;
	const char *what; /* "used", "idle", "message: done", "disconnect: ordered", "still there" */
	const char *why;  /* NULL: unknown */
};

/* One session, and what happened to it. */
struct explained {
	const char *host, *id, *user; /* user: with its domain */
	struct explained_event *events;
	size_t count, allocated;
};

struct explaining {
	const struct settings *settings;
	int64_t since, now;
	struct arena arena;
	struct name_index index; /* of the sessions, by host, id, user and birth */
	struct explained *sessions;
	size_t allocated;
	size_t unreadable;        /* lines of the audit */
	struct string_list notes; /* what could not be read, one sentence each */
};

/* True for a session that was asked for. */
bool explain_wanted(const struct explaining *explaining, const struct session *session);
/* Returns the session's entry, and adds it if it is missing.  Valid until the next call. */
struct explained *explain_session(struct explaining *explaining, const struct session *session);
/* Texts are copied. */
void explain_event(struct explaining *explaining, struct explained *explained, int64_t at, const char *what,
                   const char *why);

/* enforce_explain_audit.c: adds the lines of the audit and of its rotated files, unless they are compressed. */
int explain_audit(struct explaining *explaining, const struct state_dir *state, struct error *error);

/* enforce_explain_due.c: with --policy, adds what is due now. */
int explain_due(struct explaining *explaining, struct error *error);

#endif
