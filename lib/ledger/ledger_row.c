/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checks SQLite's answers before they are used: its failures, and each column of each row.  SQLite's own check finds
 * torn pages; that a column is no number any more, or outside of its range, is checked here.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <sqlite3.h>

#include "lib/base/error.h"
#include "lib/ledger/ledger_file.h"

/* What a column may be, by its letter in ledger_columns. */
#define TIME_MOST (INT64_C(1) << 56) /* ms: two million years */
enum { TEXT_MOST = 1 << 20 };
static const struct column {
	char letter;
	int64_t least, most;
} columns[] = {
    {'n', 1, INT64_MAX},          /* the number of a row */
    {'c', 0, INT32_MAX},          /* how often, or which */
    {'t', 0, TIME_MOST},          /* a time of our own clocks */
    {'d', -TIME_MOST, TIME_MOST}, /* a time that a host reported, or a difference of two */
    {'u', -1, INT64_MAX},         /* how much; -1: unknown */
};

/* The error of the last read of this file (the ledger, or its log); 0: none. */
static int read_errno(sqlite3 *db, int which)
{
	sqlite3_file *file = NULL;
	int number = 0;

	if (sqlite3_file_control(db, NULL, which, &file) != SQLITE_OK || file == NULL || file->pMethods == NULL ||
	    file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &number) != SQLITE_OK)
		return 0;
	return number;
}

/* SQLite calls it damage (SQLITE_IOERR_CORRUPTFS) when a disk fails to read, too.  That may pass, and damage does not.
 */
static int real_code(const struct ledger *ledger, int code)
{
	static const int files[] = {SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER};
	int number;

	for (size_t i = 0; (code & 0xff) == SQLITE_CORRUPT && ledger->db != NULL && i < 2; i++) {
		number = read_errno(ledger->db, files[i]);
		if (number == EIO || number == ENXIO || number == ERANGE)
			return SQLITE_IOERR_READ;
	}
	return code;
}

int ledger_failed(const struct ledger *ledger, int failed, struct error *error)
{
	const int code = real_code(ledger, failed);

	error_set(error, ERROR_SYSTEM, STEP_NONE, "the ledger %s: %s", ledger->path,
	          ledger->db != NULL && code == failed ? sqlite3_errmsg(ledger->db) : sqlite3_errstr(code));
	error->native = code;
	switch (code & 0xff) {
	case SQLITE_BUSY:
		return error_hint(error, "another process is writing to it; try again");
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return error_hint(error, "it is damaged; the next run that writes to it moves it aside");
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return error_hint(error, "the file and its folder must be writable by the acting account");
	case SQLITE_FULL:
		return error_hint(error, "the disk is full");
	default:
		return -1;
	}
}

static const struct column *column_of(char letter)
{
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		if (columns[i].letter == letter)
			return &columns[i];
	return NULL; /* a text */
}

static int damaged(const struct ledger *ledger, sqlite3_stmt *statement, int number, const char *what,
                   struct error *error)
{
	error_set(error, ERROR_SYSTEM, STEP_NONE, "the ledger %s is damaged: %s is %s", ledger->path,
	          sqlite3_column_name(statement, number), what);
	error->native = SQLITE_CORRUPT;
	return error_hint(error, "move it away; the next run begins a new one, by which all sessions are new");
}

static int number_check(const struct ledger *ledger, sqlite3_stmt *statement, int number, const struct column *column,
                        struct error *error)
{
	int64_t value = sqlite3_column_int64(statement, number);
	char text[32];

	if (value >= column->least && value <= column->most)
		return 0;
	snprintf(text, sizeof text, "%lld", (long long)value);
	return damaged(ledger, statement, number, text, error);
}

/* SQLite copies each text when it is first asked for: without memory it gives NULL, and no error.  From here on it is
   there. */
static int text_check(const struct ledger *ledger, sqlite3_stmt *statement, int number, struct error *error)
{
	if (sqlite3_column_text(statement, number) == NULL)
		return ledger_failed(ledger, SQLITE_NOMEM, error);
	if (sqlite3_column_bytes(statement, number) > TEXT_MOST)
		return damaged(ledger, statement, number, "too long", error);
	return 0;
}

static int column_check(const struct ledger *ledger, sqlite3_stmt *statement, int number, char letter,
                        struct error *error)
{
	static const char *const types[] = {[SQLITE_INTEGER] = "a number",
	                                    [SQLITE_FLOAT] = "a broken number",
	                                    [SQLITE_TEXT] = "a text",
	                                    [SQLITE_BLOB] = "bytes",
	                                    [SQLITE_NULL] = "not there"};
	const struct column *column = column_of(letter);
	const int type = sqlite3_column_type(statement, number);

	if (type != (column != NULL ? SQLITE_INTEGER : SQLITE_TEXT))
		return damaged(ledger, statement, number, types[type], error);
	return column != NULL ? number_check(ledger, statement, number, column, error)
	                      : text_check(ledger, statement, number, error);
}

static const char *letters_of(const struct ledger *ledger, const sqlite3_stmt *statement)
{
	for (size_t i = 0; i < QUERY_COUNT; i++)
		if (ledger->queries[i] == statement && ledger_columns[i] != NULL)
			return ledger_columns[i];
	return "";
}

static int row_check(const struct ledger *ledger, sqlite3_stmt *statement, struct error *error)
{
	const char *letters = letters_of(ledger, statement);
	const int count = sqlite3_column_count(statement);

	if (strlen(letters) != (size_t)count)
		return error_set(error, ERROR_SYSTEM, STEP_NONE, "the ledger %s: a sentence of %zu columns has %d",
		                 ledger->path, strlen(letters), count);
	for (int i = 0; i < count; i++)
		if (column_check(ledger, statement, i, letters[i], error) < 0)
			return -1;
	return 1;
}

int ledger_row(struct ledger *ledger, sqlite3_stmt *statement, struct error *error)
{
	int code = sqlite3_step(statement), result = 0;

	if (code == SQLITE_ROW)
		result = row_check(ledger, statement, error);
	else if (code != SQLITE_DONE)
		result = ledger_failed(ledger, code, error);
	if (result <= 0)
		sqlite3_reset(statement);
	return result;
}
