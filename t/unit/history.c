/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the ledger keeps of sessions that came, worked, left and went. */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/error.h"
#include "lib/judge/classify.h"
#include "lib/ledger/history.h"
#include "lib/ledger/ledger.h"
#include "lib/policy/policy.h"
#include "lib/session/session.h"
#include "t/unit/folder.h"

enum { MINUTE = 60000, SESSIONS_MOST = 8 };
static const int64_t NOW = 1795260000000;

static char root[] = "/tmp/curfew-history-XXXXXX";
static struct state_dir dir;
static unsigned folders;

/* One host, looked at now and then. */
struct host {
	struct ledger *ledger;
	struct snapshot snapshot;
	struct policy_history histories[SESSIONS_MOST];
	int64_t now; /* minutes behind NOW */
};

static struct session *host_add(struct host *host, const char *id, const char *user)
{
	struct session *session = snapshot_add(&host->snapshot);

	session->id = id;
	session->user = user;
	session->birth = "b1";
	session->class = CLASS_USER;
	session->state = STATE_ACTIVE;
	return session;
}

static void host_open(struct host *host, enum ledger_use use)
{
	struct error error = {0};

	if (ledger_open(&host->ledger, &dir, use, MINUTE, &error) < 0)
		fail_msg("%s", error.text);
}

static void host_make(struct host *host)
{
	memset(host, 0, sizeof *host);
	snapshot_init(&host->snapshot);
	host->snapshot.provider = "sim";
	host->snapshot.host = "ts01";
	host_open(host, LEDGER_WRITE);
}

static void host_free(struct host *host)
{
	ledger_close(host->ledger);
	snapshot_free(&host->snapshot);
}

static void look_by(struct host *host, int64_t minute, int64_t uptime)
{
	struct ledger_look look = {.url = "sim:farm.sim", .snapshot = &host->snapshot, .histories = host->histories};
	struct ledger_clock clock = {.wall = NOW + minute * MINUTE, .uptime = uptime, .boot = "boot-1"};
	struct error error = {0};

	host->now = minute;
	host->snapshot.now = host->snapshot.taken_at = clock.wall;
	if (ledger_see(host->ledger, &look, 1, &clock, &error) < 0)
		fail_msg("%s", error.text);
}

static void look(struct host *host, int64_t minute)
{
	look_by(host, minute, (minute + 1000000) * MINUTE);
}

/* The session's last input, in minutes behind NOW; and a look. */
static void look_with_input(struct host *host, int64_t minute, int64_t input)
{
	host->snapshot.sessions[0].state = STATE_ACTIVE;
	host->snapshot.sessions[0].last_input = moment_at(NOW + input * MINUTE);
	look(host, minute);
}

static void look_disconnected(struct host *host, int64_t minute, int64_t since)
{
	host->snapshot.sessions[0].state = STATE_DISCONNECTED;
	host->snapshot.sessions[0].disconnect_time = moment_at(NOW + since * MINUTE);
	look(host, minute);
}

/* "alice: active 0, idle 20; until 30, ended" in minutes, a life a line. */
static int tell(void *context, const struct life *life, struct error *error)
{
	struct buffer *out = context;

	(void)error;
	buffer_printf(out, "%s:", life->session->user);
	for (size_t i = 0; i < life->count; i++)
		buffer_printf(out, "%s %s %lld", i > 0 ? "," : "", usage_name(life->episodes[i].usage),
		              (long long)(life->episodes[i].since - NOW) / MINUTE);
	buffer_printf(out, "; until %lld%s\n", (long long)(life->until - NOW) / MINUTE, life->ended ? ", ended" : "");
	return 0;
}

static void assert_history_since(struct host *host, int64_t since, const char *expected)
{
	struct buffer out = {0};
	struct error error = {0};

	if (ledger_history(host->ledger, since, tell, &out, &error) < 0)
		fail_msg("%s", error.text);
	assert_string_equal(buffer_text(&out), expected);
	buffer_free(&out);
}

static void assert_history(struct host *host, const char *expected)
{
	assert_history_since(host, 0, expected);
}

static void a_day_at_work(void **state)
{
	struct host host;

	(void)state;
	host_make(&host);
	host_add(&host, "3", "alice");
	look_with_input(&host, 0, -1);
	look_with_input(&host, 5, 4);
	look_with_input(&host, 10, 10);
	assert_history(&host, "alice: active 0; until 10\n");
	look_with_input(&host, 15, 11); /* four minutes are nothing */
	look_with_input(&host, 20, 11);
	look_with_input(&host, 60, 11);
	assert_history(&host, "alice: active 0, idle 11; until 60\n");
	look_with_input(&host, 65, 64); /* the first time that might be in use is behind the look before */
	assert_history(&host, "alice: active 0, idle 11, active 60; until 65\n");
	look_disconnected(&host, 70, 67);
	look_disconnected(&host, 600, 67);
	assert_history(&host, "alice: active 0, idle 11, active 60, disconnected 67; until 600\n");
	look_with_input(&host, 605, 603);
	host.snapshot.count = 0;
	look(&host, 610);
	assert_history(&host, "alice: active 0, idle 11, active 60, disconnected 67, active 600; until 605, ended\n");
	host_free(&host);
}

/* What was done between two looks is seen by its traces. */
static void what_nobody_saw(void **state)
{
	struct host host;

	(void)state;
	host_make(&host);
	host_add(&host, "3", "alice");
	look_with_input(&host, 0, -60);
	look_with_input(&host, 100, 30); /* idle at both looks, with an input in between */
	assert_history(&host, "alice: idle -60, active 0, idle 30; until 100\n");
	look_disconnected(&host, 110, 105);
	look_disconnected(&host, 200, 150); /* was there in between */
	assert_history(
	    &host, "alice: idle -60, active 0, idle 30, disconnected 105, active 110, disconnected 150; until 200\n");
	look_with_input(&host, 300, 201); /* came back, and is idle again */
	assert_history(
	    &host, "alice: idle -60, active 0, idle 30, disconnected 105, active 110, disconnected 150, active 200, "
	           "idle 201; until 300\n");
	host_free(&host);
}

static void what_is_not_told(void **state)
{
	struct host host;

	(void)state;
	host_make(&host);
	host_add(&host, "3", "alice");
	host_add(&host, "4", "bob")->class = CLASS_CONSOLE;
	host_add(&host, "5", "carol")->birth = "";
	look(&host, 0);
	look(&host, 100);
	host.snapshot.sessions[0].state = STATE_DISCONNECTED;
	look(&host, 200);
	assert_history(&host, "alice: idle-unknown 0, disconnected 200; until 200\n");
	host.snapshot.count = 0;
	host.snapshot.complete = false; /* an incomplete list proves of no session that it has ended */
	look(&host, 300);
	assert_history(&host, "alice: idle-unknown 0, disconnected 200; until 300\n");
	host_free(&host);
}

/* The same id, another session. */
static void lives_are_told_apart(void **state)
{
	struct host host;

	(void)state;
	host_make(&host);
	host_add(&host, "3", "alice");
	look_with_input(&host, 0, 0);
	host.snapshot.sessions[0].birth = "b2";
	look_with_input(&host, 5, 5);
	host_add(&host, "3", "bob")->last_input = moment_at(NOW + 10 * MINUTE);
	look_with_input(&host, 10, 10);
	assert_history(&host, "alice: active 0; until 0, ended\n"
	                      "alice: active 5; until 10\n"
	                      "bob: active 10; until 10\n");
	host_free(&host);
}

static void a_clock_that_was_set_moves_nothing(void **state)
{
	struct host host;

	(void)state;
	host_make(&host);
	host_add(&host, "3", "alice");
	look_with_input(&host, 0, -30);
	look_by(&host, 600, 1000005 * (int64_t)MINUTE); /* five minutes later, and our clock ten hours ahead */
	assert_history(&host, "alice: idle -30; until 600\n");
	host_free(&host);
}

static void what_is_old_is_forgotten(void **state)
{
	const int64_t day = 24 * 60;
	struct host host;

	(void)state;
	host_make(&host);
	ledger_keep(host.ledger, 10 * day * MINUTE);
	host_add(&host, "3", "alice");
	host_add(&host, "4", "bob");
	look(&host, 0);
	host.snapshot.count = 1;
	look(&host, 5);
	look(&host, 10 * day - 1);
	assert_history(&host, "alice: idle-unknown 0; until 14399\nbob: idle-unknown 0; until 0, ended\n");
	assert_history_since(&host, NOW + MINUTE, "alice: idle-unknown 0; until 14399\n");
	look(&host, 10 * day + 1); /* who is still there stays */
	assert_history(&host, "alice: idle-unknown 0; until 14401\n");
	host_free(&host);
}

static int keep_memory(void *context, const struct life *life, struct error *error)
{
	(void)error;
	*(struct span *)context = life->memory;
	assert_string_equal(life->session->domain, "CORP");
	assert_string_equal(life->session->client_name, "PC7");
	assert_int_equal(life->session->kind, KIND_REMOTE_APP);
	assert_int_equal(life->session->logon_time.at, NOW - 8 * 60 * MINUTE);
	assert_string_equal(life->url, "sim:farm.sim");
	return 0;
}

static void who_it_was(void **state)
{
	struct error error = {0};
	struct session *session;
	struct span memory;
	struct host host;

	(void)state;
	host_make(&host);
	session = host_add(&host, "3", "alice");
	session->domain = "CORP";
	session->client_name = "PC7";
	session->kind = KIND_REMOTE_APP;
	session->logon_time = moment_at(NOW - 8 * 60 * MINUTE);
	look_with_input(&host, 0, 0);
	assert_int_equal(ledger_history(host.ledger, 0, keep_memory, &memory, &error), 0);
	assert_false(memory.known);
	string_list_add(&session->facts, &host.snapshot.arena, "memory=2000000");
	look_with_input(&host, 10, 0);
	string_list_add(&session->facts, &host.snapshot.arena, "memory=1");
	look_with_input(&host, 15, 14);
	assert_int_equal(ledger_history(host.ledger, 0, keep_memory, &memory, &error), 0);
	assert_true(memory.known);
	assert_int_equal(memory.length, 2000000);
	host_free(&host);
}

static void nothing_is_written_while_nothing_changes(void **state)
{
	sqlite3 *db;
	struct host host;
	char path[5000];

	(void)state;
	host_make(&host);
	host_add(&host, "3", "alice");
	look_with_input(&host, 0, 0);
	snprintf(path, sizeof path, "%s/ledger.sqlite", dir.path);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db,
	                 "CREATE TRIGGER a BEFORE UPDATE ON life BEGIN SELECT raise(ABORT, 'written'); END;"
	                 "CREATE TRIGGER b BEFORE INSERT ON episode BEGIN SELECT raise(ABORT, 'written'); END;",
	                 NULL, NULL, NULL),
	    SQLITE_OK);
	sqlite3_close(db);
	for (int minute = 5; minute < 500; minute += 5)
		look_with_input(&host, minute, minute - 3);
	host_free(&host);
}

/* A file of the first version is brought up to date, and what it knew stays. */
static void the_first_version_is_migrated(void **state)
{
	static const char *const before[] = {"DROP TABLE episode",
	                                     "DROP TABLE life",
	                                     "ALTER TABLE session DROP COLUMN cpu_time",
	                                     "ALTER TABLE session DROP COLUMN cpu_at",
	                                     "ALTER TABLE session DROP COLUMN snoozes",
	                                     "ALTER TABLE session DROP COLUMN connected",
	                                     "ALTER TABLE warning DROP COLUMN tries",
	                                     "PRAGMA user_version = 1"};
	struct host host;
	char path[5000];
	sqlite3 *db;

	(void)state;
	host_make(&host);
	host_add(&host, "3", "alice");
	look_with_input(&host, 0, 0);
	ledger_close(host.ledger);
	snprintf(path, sizeof path, "%s/ledger.sqlite", dir.path);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	for (size_t i = 0; i < COUNT(before); i++)
		assert_int_equal(sqlite3_exec(db, before[i], NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	host_open(&host, LEDGER_WRITE);
	look_with_input(&host, 5, 5);
	assert_int_equal(host.histories[0].looks, 2);
	assert_history(&host, "alice: active 5; until 5\n");
	host_free(&host);
}

/* Readers see what was written last, and wait for nobody. */
static void a_reader_beside_a_writer(void **state)
{
	struct host host, reader = {0};

	(void)state;
	host_make(&host);
	host_add(&host, "3", "alice");
	look_with_input(&host, 0, 0);
	host_open(&reader, LEDGER_READ);
	assert_history(&reader, "alice: active 0; until 0\n");
	look_with_input(&host, 10, 0);
	assert_history(&reader, "alice: active 0, idle 0; until 10\n");
	ledger_close(reader.ledger);
	host_free(&host);
}

static int folder_make(void **state)
{
	char path[100];
	struct error error = {0};

	(void)state;
	snprintf(path, sizeof path, "%s/%u", root, folders++);
	return state_dir_open(&dir, path, &error);
}

static int folder_close(void **state)
{
	(void)state;
	state_dir_close(&dir);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_make, folder_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_day_at_work),
	    TEST(what_nobody_saw),
	    TEST(what_is_not_told),
	    TEST(lives_are_told_apart),
	    TEST(a_clock_that_was_set_moves_nothing),
	    TEST(what_is_old_is_forgotten),
	    TEST(who_it_was),
	    TEST(nothing_is_written_while_nothing_changes),
	    TEST(the_first_version_is_migrated),
	    TEST(a_reader_beside_a_writer),
	};
	int failed;

	if (mkdtemp(root) == NULL)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	test_folder_remove(root);
	return failed;
}
