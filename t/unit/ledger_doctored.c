/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A ledger that somebody has changed by hand, or a bad disk: each column of each table is not there, of another type,
 * too long, too small or too large.  Whatever it is, nobody has been seen longer, or warned, than is true.
 */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "lib/act/state.h"
#include "lib/base/error.h"
#include "lib/ledger/history.h"
#include "lib/ledger/ledger.h"
#include "lib/policy/policy.h"
#include "lib/session/session.h"
#include "t/unit/folder.h"

static const int64_t NOW = 1795260000000, MINUTE = 60000;

static char root[] = "/tmp/curfew-ledger-XXXXXX";
static struct state_dir dir;
static char path[200];

/* What was read of the one session that there is. */
struct answer {
	int result;
	struct error error;
	struct policy_history history; /* its warnings are gone with the ledger */
	struct policy_warnings warnings;
	size_t lives;
	bool whole; /* the life is as it was */
};

static int take_life(void *context, const struct life *life, struct error *error)
{
	struct answer *answer = context;

	(void)error;
	answer->lives++;
	answer->whole = strcmp(life->session->user, "alice") == 0 && life->count == 1 &&
	                life->episodes[0].since == NOW && life->until == NOW + MINUTE;
	return 0;
}

static void look(enum ledger_use use, int64_t now, struct answer *answer)
{
	struct snapshot snapshot;
	struct ledger_look looks = {.url = "sim:farm.sim", .snapshot = &snapshot, .histories = &answer->history};
	struct ledger_clock clock = {.wall = now, .uptime = now - NOW, .boot = "boot-1"};
	struct ledger *ledger;
	struct session *session;

	snapshot_init(&snapshot);
	snapshot.now = snapshot.taken_at = now;
	snapshot.complete = true;
	session = snapshot_add(&snapshot);
	session->provider = "sim";
	session->host = "ts01";
	session->id = "3";
	session->user = "alice";
	session->birth = "b3";
	session->class = CLASS_USER;
	session->state = STATE_ACTIVE;
	answer->result = ledger_open(&ledger, &dir, use, 1000, &answer->error);
	if (answer->result == 0) {
		answer->result = ledger_see(ledger, &looks, 1, &clock, &answer->error);
		if (answer->result == 0 && use == LEDGER_WRITE && now == NOW) {
			const struct ledger_warning warning = {.url = looks.url,
			                                       .session = session,
			                                       .policy = "office",
			                                       .cause = CAUSE_IDLE,
			                                       .end = POLICY_LOGOFF,
			                                       .began = NOW,
			                                       .end_at = NOW + MINUTE,
			                                       .state = WARNING_GIVEN,
			                                       .at = NOW};

			answer->result = ledger_warned(ledger, &warning, &answer->error);
		}
		if (answer->result == 0 && answer->history.warnings != NULL)
			answer->warnings = *answer->history.warnings;
		if (answer->result == 0 && use == LEDGER_READ)
			answer->result = ledger_history(ledger, 0, take_life, answer, &answer->error);
		ledger_close(ledger);
	}
	snapshot_free(&snapshot);
}

static sqlite3 *open_by_hand(void)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA synchronous = OFF", NULL, NULL, NULL), SQLITE_OK);
	return db;
}

static void run(sqlite3 *db, const char *sentence)
{
	char *message = NULL;

	if (sqlite3_exec(db, sentence, NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s: %s", sentence, message);
}

/* Seen twice, warned once; and nothing in the file keeps a column from being anything. */
static void begin(void)
{
	struct answer answer = {0};
	sqlite3 *db;

	look(LEDGER_WRITE, NOW, &answer);
	assert_int_equal(answer.result, 0);
	look(LEDGER_WRITE, NOW + MINUTE, &answer);
	assert_int_equal(answer.result, 0);
	db = open_by_hand();
	run(db,
	    "PRAGMA writable_schema = ON;"
	    "UPDATE sqlite_schema SET sql = replace(replace(replace(sql, 'NOT NULL', ''), 'STRICT, ', ''), 'STRICT',"
	    " '') WHERE type = 'table'");
	sqlite3_close(db);
}

/* Its warnings may be of another policy or episode. */
static bool is_true(const struct answer *answer)
{
	const struct policy_history *history = &answer->history;
	const struct policy_warnings *warnings = &answer->warnings;

	if (history->looks > 3 || history->state_since.at < NOW || history->snoozes > 0 || history->snoozed_until < 0)
		return false;
	return warnings->rung[0].state == WARNING_NONE ||
	       (warnings->rung[0].state == WARNING_GIVEN && warnings->rung[0].at == NOW && warnings->began <= NOW &&
	        warnings->rung[0].end_at <= NOW + MINUTE);
}

static unsigned refused;

static void judge(const char *table, const char *column, const char *value)
{
	struct answer answer = {0};

	look(LEDGER_READ, NOW + 2 * MINUTE, &answer);
	if (answer.result < 0) {
		if (strstr(answer.error.text, "the ledger ") != answer.error.text)
			fail_msg("%s.%s = %s: the text is %s", table, column, value, answer.error.text);
		refused++;
		return;
	}
	if (!is_true(&answer))
		fail_msg("%s.%s = %s: believed: looks %u, state since %lld, warning %d at %lld", table, column, value,
		         answer.history.looks, (long long)answer.history.state_since.at,
		         (int)answer.warnings.rung[0].state, (long long)answer.warnings.rung[0].at);
	if (strcmp(value, "NULL") == 0 && answer.lives > 0 && !answer.whole && strcmp(table, "session") != 0)
		fail_msg("%s.%s = %s: another history", table, column, value);
}

/* The tables as they are, as temporary ones. */
static void copy_tables(sqlite3 *db)
{
	static const char *const tables[] = {"clock", "target", "session", "warning", "life", "episode"};
	char sentence[200];

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		snprintf(sentence, sizeof sentence, "CREATE TEMP TABLE %s AS SELECT * FROM main.%s", tables[i],
		         tables[i]);
		run(db, sentence);
	}
}

/* One value in one column, and back. */
static void try_value(sqlite3 *db, const char *table, const char *column, const char *value)
{
	char sentence[600];

	snprintf(sentence, sizeof sentence, "UPDATE main.%s SET %s = %s", table, column, value);
	if (sqlite3_exec(db, sentence, NULL, NULL, NULL) != SQLITE_OK)
		return; /* the key of a row is a number to SQLite, too */
	judge(table, column, value);
	snprintf(sentence, sizeof sentence,
	         "BEGIN; DELETE FROM main.%s; INSERT INTO main.%s SELECT * FROM temp.%s; COMMIT", table, table, table);
	run(db, sentence);
}

static void try_column(sqlite3 *db, const char *table, const char *column)
{
	static const char *const values[] = {"NULL",
	                                     "zeroblob(3)",
	                                     "'a\nb'",
	                                     "1.5",
	                                     "-9000000",
	                                     "9223372036854775807",
	                                     "-9223372036854775807 - 1",
	                                     "replace(hex(zeroblob(600000)), '0', 'x')"};

	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		try_value(db, table, column, values[i]);
}

static int take_number(void *context, int count, char **values, char **names)
{
	(void)count, (void)names;
	*(unsigned *)context = (unsigned)strtoul(values[0], NULL, 10);
	return 0;
}

static unsigned all_columns(sqlite3 *db)
{
	unsigned columns = 0;

	assert_int_equal(sqlite3_exec(db,
	                              "SELECT count(*) FROM main.sqlite_schema AS m, pragma_table_info(m.name, 'main')"
	                              " WHERE m.type = 'table'",
	                              take_number, &columns, NULL),
	                 SQLITE_OK);
	return columns;
}

static void each_column_of_each_table(void **state)
{
	sqlite3_stmt *statement;
	struct answer answer = {0};
	unsigned columns = 0;
	sqlite3 *db;

	(void)state;
	begin();
	look(LEDGER_READ, NOW + 2 * MINUTE, &answer);
	assert_int_equal(answer.result, 0); /* changed tables alone are no damage */
	assert_true(is_true(&answer) && answer.whole);
	assert_int_equal(answer.history.looks, 3);
	assert_int_equal(answer.warnings.rung[0].state, WARNING_GIVEN);
	db = open_by_hand();
	copy_tables(db);
	assert_int_equal(sqlite3_prepare_v2(db,
	                                    "SELECT m.name, c.name FROM temp.sqlite_schema AS m,"
	                                    " pragma_table_info(m.name) AS c WHERE m.type = 'table'",
	                                    -1, &statement, NULL),
	                 SQLITE_OK);
	for (; sqlite3_step(statement) == SQLITE_ROW; columns++)
		try_column(db, (const char *)sqlite3_column_text(statement, 0),
		           (const char *)sqlite3_column_text(statement, 1));
	sqlite3_finalize(statement);
	print_message("%u columns, %u refused\n", columns, refused);
	assert_int_equal(columns, all_columns(db));
	assert_true(refused > 100);
	sqlite3_close(db);
}

static int set_up(void **state)
{
	struct error error = {0};
	char folder[100];

	(void)state;
	snprintf(folder, sizeof folder, "%s/state", root);
	snprintf(path, sizeof path, "%s/ledger.sqlite", folder);
	return state_dir_open(&dir, folder, &error);
}

static int tear_down(void **state)
{
	(void)state;
	state_dir_close(&dir);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(each_column_of_each_table, set_up, tear_down),
	};
	int result;

	if (mkdtemp(root) == NULL)
		return 1;
	result = cmocka_run_group_tests(tests, NULL, NULL);
	test_folder_remove(root);
	return result;
}
