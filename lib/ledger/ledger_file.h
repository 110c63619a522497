/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger's file and its SQL statements; not for files outside of lib/ledger. */
#ifndef CURFEW_LEDGER_FILE_H
#define CURFEW_LEDGER_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/ledger/ledger.h"

enum query {
	QUERY_BEGIN,
	QUERY_COMMIT,
	QUERY_ROLLBACK,
	QUERY_CLOCK,
	QUERY_CLOCK_SET,
	QUERY_TARGET,
	QUERY_TARGET_ADD,
	QUERY_TARGET_SET,
	QUERY_TARGET_FORGET,
	QUERY_SESSIONS,
	QUERY_SESSION_ADD,
	QUERY_SESSION_STATE,
	QUERY_SESSION_CPU,
	QUERY_SESSION_SNOOZED,
	QUERY_SESSION_GONE,
	QUERY_SESSIONS_RENEW,
	QUERY_WARNINGS,
	QUERY_WARNINGS_FORGET,
	QUERY_WARNED_BEFORE,
	QUERY_WARNED,
	QUERY_LIVES,
	QUERY_LIFE_ADD,
	QUERY_LIFE_USE,
	QUERY_LIFE_END,
	QUERY_LIFE_PRUNE,
	QUERY_EPISODE_ADD,
	QUERY_HISTORY,
	QUERY_COUNT,
};

/* ledger_schema.c: the steps from each version of the file to the next, and the statements. */
enum { LEDGER_VERSION = 5 };
extern const char *const ledger_migrations[LEDGER_VERSION];
extern const char *const ledger_sentences[QUERY_COUNT];
extern const char *const ledger_columns[QUERY_COUNT]; /* a letter each (ledger_row.c); NULL: it has no rows */

struct ledger {
	sqlite3 *db; /* NULL: the ledger is missing */
	enum ledger_use use;
	int64_t keep;       /* ms; of the history */
	struct arena arena; /* of the warnings that histories point to */
	char path[PATH_MAX + NAME_MAX];
	char moved_to[PATH_MAX + NAME_MAX + 32]; /* "": the file was not moved */
	sqlite3_stmt *queries[QUERY_COUNT];
};

/* Binds the values by their letters (i: int64_t, s: const char *), from ?1 on.  NULL on failure. */
sqlite3_stmt *ledger_ask(struct ledger *ledger, enum query query, struct error *error, const char *types, ...);
/* 1: a row is there, and each column is what it may be; 0: no more, and the sentence is free again; -1: failure or
   damage, likewise. */
int ledger_row(struct ledger *ledger, sqlite3_stmt *statement, struct error *error);
/* Runs a statement that has no rows. */
int ledger_do(struct ledger *ledger, enum query query, struct error *error, const char *types, ...);
/* Sets *error to SQLite's message.  Returns -1. */
int ledger_failed(const struct ledger *ledger, int code, struct error *error);

#endif
