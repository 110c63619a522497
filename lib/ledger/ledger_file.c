/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/ledger/ledger_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/ledger/ledger.h"

#define LEDGER_NAME "ledger.sqlite"

enum { KEEP_DAYS = 90 }; /* of the history, without ledger_keep() */

/* The application id in the header of the file. */
enum { APPLICATION = 0x43726677 /* "Crfw" */ };

static sqlite3_stmt *prepare(struct ledger *ledger, enum query query, struct error *error)
{
	int code = SQLITE_OK;

	if (ledger->queries[query] == NULL)
		code = sqlite3_prepare_v3(ledger->db, ledger_sentences[query], -1, SQLITE_PREPARE_PERSISTENT,
		                          &ledger->queries[query], NULL);
	if (code == SQLITE_OK)
		return ledger->queries[query];
	ledger_failed(ledger, code, error);
	return NULL;
}

static sqlite3_stmt *ask(struct ledger *ledger, enum query query, struct error *error, const char *types,
                         va_list values)
{
	sqlite3_stmt *statement = prepare(ledger, query, error);

	for (int i = 0; statement != NULL && types[i] != '\0'; i++) {
		int code = types[i] == 's'
		               ? sqlite3_bind_text(statement, i + 1, va_arg(values, const char *), -1, SQLITE_TRANSIENT)
		               : sqlite3_bind_int64(statement, i + 1, va_arg(values, int64_t));

		if (code != SQLITE_OK) {
			ledger_failed(ledger, code, error);
			return NULL;
		}
	}
	return statement;
}

sqlite3_stmt *ledger_ask(struct ledger *ledger, enum query query, struct error *error, const char *types, ...)
{
	sqlite3_stmt *statement;
	va_list values;

	va_start(values, types);
	statement = ask(ledger, query, error, types, values);
	va_end(values);
	return statement;
}

int ledger_do(struct ledger *ledger, enum query query, struct error *error, const char *types, ...)
{
	sqlite3_stmt *statement;
	va_list values;

	va_start(values, types);
	statement = ask(ledger, query, error, types, values);
	va_end(values);
	return statement != NULL && ledger_row(ledger, statement, error) == 0 ? 0 : -1;
}

static int run_script(struct ledger *ledger, const char *script, struct error *error)
{
	int code = sqlite3_exec(ledger->db, script, NULL, NULL, NULL);

	return code == SQLITE_OK ? 0 : ledger_failed(ledger, code, error);
}

/* The first column of the first row of a pragma. */
static int pragma(struct ledger *ledger, const char *sentence, char *text, size_t size, struct error *error)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(ledger->db, sentence, -1, &statement, NULL);
	const char *value;

	text[0] = '\0';
	if (code == SQLITE_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
		value = (const char *)sqlite3_column_text(statement, 0); /* a number, too */
		snprintf(text, size, "%s", value != NULL ? value : "");
		code = value != NULL ? SQLITE_OK : SQLITE_NOMEM;
	}
	if (code != SQLITE_OK && code != SQLITE_DONE)
		ledger_failed(ledger, code, error);
	sqlite3_finalize(statement);
	return code == SQLITE_OK || code == SQLITE_DONE ? 0 : -1;
}

static int damaged(struct ledger *ledger, const char *what, struct error *error)
{
	error_set(error, ERROR_SYSTEM, STEP_NONE, "the ledger %s is damaged: %.100s", ledger->path, what);
	error->native = SQLITE_CORRUPT;
	return -1;
}

/* quick_check reports a page that cannot be read like any other damage, but with the code of the failure, or for a
   free page with these words.  A missing page has other words. */
static int unread_page(const char *found)
{
	static const char words[] = "error code=";
	const char *code = strstr(found, words);
	long number = code != NULL ? strtol(code + strlen(words), NULL, 10) : SQLITE_OK;

	if (strstr(found, "failed to get page") != NULL)
		return SQLITE_IOERR_READ;
	return (number & 0xff) != SQLITE_CORRUPT ? (int)number : SQLITE_OK;
}

/* Checks that the file is a ledger, that it is whole, and that its version is known.  *version: 0 for an empty file. */
static int look_inside(struct ledger *ledger, int *version, struct error *error)
{
	char text[200];
	int code;

	if (pragma(ledger, "PRAGMA user_version", text, sizeof text, error) < 0)
		return -1;
	*version = (int)strtol(text, NULL, 10);
	if (*version > LEDGER_VERSION) {
		error_set(error, ERROR_SYSTEM, STEP_NONE,
		          "the ledger %s is of version %d, and this program knows up to version %d", ledger->path,
		          *version, LEDGER_VERSION);
		return error_hint(error, "a later Curfew has written it: use that one, or another --state-dir");
	}
	if (pragma(ledger, "PRAGMA application_id", text, sizeof text, error) < 0)
		return -1;
	if (*version > 0 && (int)strtol(text, NULL, 10) != APPLICATION)
		return damaged(ledger, "it is the file of another program", error);
	if (pragma(ledger, "PRAGMA quick_check(1)", text, sizeof text, error) < 0)
		return -1;
	for (char *at = text; (at = strchr(at, '\n')) != NULL;)
		*at = ' ';
	if (strcmp(text, "ok") == 0)
		return 0;
	if ((code = unread_page(text)) == SQLITE_OK)
		return damaged(ledger, text, error);
	error_set(error, ERROR_SYSTEM, STEP_NONE, "the ledger %s: %s", ledger->path, sqlite3_errstr(code));
	error->native = code;
	return -1;
}

/* Does all missing steps in one transaction.  Another program may have done them meanwhile. */
static int migrate(struct ledger *ledger, struct error *error)
{
	char text[200];
	int version, result = ledger_do(ledger, QUERY_BEGIN, error, "");

	if (result < 0)
		return -1;
	result = look_inside(ledger, &version, error);
	for (; result == 0 && version < LEDGER_VERSION; version++)
		result = run_script(ledger, ledger_migrations[version], error);
	snprintf(text, sizeof text, "PRAGMA user_version = %d; PRAGMA application_id = %d;", LEDGER_VERSION,
	         APPLICATION);
	if (result == 0)
		result = run_script(ledger, text, error);
	if (result == 0)
		result = ledger_do(ledger, QUERY_COMMIT, error, "");
	if (result < 0)
		ledger_do(ledger, QUERY_ROLLBACK, &(struct error){0}, "");
	return result;
}

static void shut(struct ledger *ledger)
{
	for (int i = 0; i < QUERY_COUNT; i++) {
		sqlite3_finalize(ledger->queries[i]);
		ledger->queries[i] = NULL;
	}
	sqlite3_close(ledger->db);
	ledger->db = NULL;
}

static int connect_file(struct ledger *ledger, int64_t patience, struct error *error)
{
	int flags = ledger->use == LEDGER_WRITE ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
	int code = sqlite3_open_v2(ledger->path, &ledger->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
	int version, keep = 1;

	if (code != SQLITE_OK)
		return ledger_failed(ledger, code, error);
	/* SQLite's two other files are kept when the last writer exits, so that an account that may only read can open
	 * the ledger. */
	if (ledger->use == LEDGER_WRITE)
		sqlite3_file_control(ledger->db, NULL, SQLITE_FCNTL_PERSIST_WAL, &keep);
	sqlite3_extended_result_codes(ledger->db, 1);
	sqlite3_busy_timeout(ledger->db, (int)(patience < INT_MAX ? patience : INT_MAX));
	if (look_inside(ledger, &version, error) < 0)
		return -1;
	if (ledger->use == LEDGER_READ) {
		if (version < LEDGER_VERSION)
			shut(ledger); /* not yet filled, or what a reader must not change into what we read */
		return 0;
	}
	/* FULL: what was written survives a power failure.  The limit truncates the log that is kept. */
	if (run_script(ledger,
	               "PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 1048576; PRAGMA cache_size = -65536; "
	               "PRAGMA synchronous = FULL; "
	               "PRAGMA foreign_keys = ON;"
	               " PRAGMA trusted_schema = OFF;",
	               error) < 0)
		return -1;
	return version < LEDGER_VERSION ? migrate(ledger, error) : 0;
}

/* Renames the file and SQLite's other two, so that they can be examined. */
static int move_aside(struct ledger *ledger, struct error *error)
{
	static const char *const parts[] = {"", "-wal", "-shm"};
	char from[sizeof ledger->path + 8], to[sizeof ledger->moved_to + 8];

	snprintf(ledger->moved_to, sizeof ledger->moved_to, "%s.damaged-%lld", ledger->path,
	         (long long)clock_now() / 1000);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		snprintf(from, sizeof from, "%s%s", ledger->path, parts[i]);
		snprintf(to, sizeof to, "%s%s", ledger->moved_to, parts[i]);
		if (rename(from, to) < 0 && errno != ENOENT)
			return error_errno(error, errno, STEP_NONE, "cannot move the damaged ledger %s aside", from);
	}
	return 0;
}

static bool is_damage(const struct error *error)
{
	int code = (int)(error->native & 0xff);

	return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

/* Creates the file like every file of the folder: ours, 0600, no link. 1: it is missing, and must not be created. */
static int touch_file(struct ledger *ledger, const struct state_dir *dir, struct error *error)
{
	int fd = ledger->use == LEDGER_WRITE ? state_file_open(dir, LEDGER_NAME, O_RDWR, error)
	                                     : state_file_open_existing(dir, LEDGER_NAME, O_RDONLY, error);

	if (fd == STATE_FILE_MISSING)
		return 1;
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

/* While another program creates the file SQLite does not wait by itself, because two could wait for each other. */
static int connect_patiently(struct ledger *ledger, int64_t patience, struct error *error)
{
	const struct deadline deadline = deadline_in(patience);

	for (;;) {
		struct error why = {0};

		if (connect_file(ledger, patience, &why) == 0)
			return 0;
		shut(ledger);
		if ((why.native & 0xff) != SQLITE_BUSY || deadline_passed(&deadline)) {
			*error = why;
			return -1;
		}
		nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
	}
}

static int open_file(struct ledger *ledger, const struct state_dir *dir, int64_t patience, struct error *error)
{
	struct error why = {0};
	int result = touch_file(ledger, dir, error);

	if (result != 0)
		return result < 0 ? -1 : 0;
	if (connect_patiently(ledger, patience, &why) == 0)
		return 0;
	if (ledger->use != LEDGER_WRITE || !is_damage(&why)) {
		*error = why;
		return -1;
	}
	if (move_aside(ledger, error) < 0 || touch_file(ledger, dir, error) < 0)
		return -1;
	return connect_patiently(ledger, patience, error);
}

int ledger_open(struct ledger **ledger, const struct state_dir *dir, enum ledger_use use, int64_t patience,
                struct error *error)
{
	struct ledger *made = must_alloc(sizeof *made);

	made->use = use;
	made->keep = (int64_t)KEEP_DAYS * 24 * 60 * 60 * 1000;
	if (dir != NULL)
		snprintf(made->path, sizeof made->path, "%s/%s", dir->path, LEDGER_NAME);
	if (dir != NULL && open_file(made, dir, patience, error) < 0) {
		ledger_close(made);
		*ledger = NULL;
		return -1;
	}
	*ledger = made;
	return 0;
}

void ledger_close(struct ledger *ledger)
{
	if (ledger == NULL)
		return;
	shut(ledger);
	arena_free(&ledger->arena);
	free(ledger);
}

bool ledger_remembers(const struct ledger *ledger)
{
	return ledger->db != NULL;
}

const char *ledger_moved_to(const struct ledger *ledger)
{
	return ledger->moved_to[0] != '\0' ? ledger->moved_to : NULL;
}
