/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is remembered between runs, and what becomes of it when programs, disks, clocks and files fail. */
#include "t/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/ledger/ledger.h"
#include "lib/policy/policy.h"
#include "lib/session/session.h"
#include "t/unit/folder.h"

enum { MINUTE = 60000, PATIENCE = 120000, SESSIONS_MOST = 64 };
static const int64_t NOW = 1795260000000;

static char root[] = "/tmp/curfew-ledger-XXXXXX";
static struct state_dir dir;
static unsigned folders;

/* A farm of one target, and what the ledger says of it. */
struct farm {
	struct ledger *ledger;
	struct snapshot snapshot;
	struct policy_history histories[SESSIONS_MOST];
	struct ledger_look look;
	struct ledger_clock clock;
};

static void farm_make(struct farm *farm, size_t count)
{
	memset(farm, 0, sizeof *farm);
	snapshot_init(&farm->snapshot);
	farm->snapshot.provider = "sim";
	farm->snapshot.host = "ts01";
	for (size_t i = 0; i < count; i++) {
		struct session *session = snapshot_add(&farm->snapshot);

		session->id = arena_printf(&farm->snapshot.arena, "%zu", i);
		session->user = "alice";
		session->birth = "b1";
		session->class = CLASS_USER;
		session->state = STATE_ACTIVE;
	}
	farm->look =
	    (struct ledger_look){.url = "sim:farm.sim", .snapshot = &farm->snapshot, .histories = farm->histories};
	snprintf(farm->clock.boot, sizeof farm->clock.boot, "boot-1");
}

static int see(struct farm *farm, int64_t now, struct error *error)
{
	farm->snapshot.now = farm->snapshot.taken_at = now;
	farm->clock.wall = now;
	farm->clock.uptime = now - NOW + 100 * MINUTE;
	return ledger_see(farm->ledger, &farm->look, 1, &farm->clock, error);
}

static void see_well(struct farm *farm, int64_t now)
{
	struct error error = {0};

	if (see(farm, now, &error) < 0)
		fail_msg("%s", error.text);
}

static void farm_open(struct farm *farm, enum ledger_use use)
{
	struct error error = {0};

	if (ledger_open(&farm->ledger, &dir, use, PATIENCE, &error) < 0)
		fail_msg("%s", error.text);
}

static void farm_close(struct farm *farm)
{
	ledger_close(farm->ledger);
	snapshot_free(&farm->snapshot);
}

static int warned(struct farm *farm, size_t session, size_t rung, int64_t began, int64_t at, struct error *error)
{
	struct ledger_warning warning = {
	    .url = "sim:farm.sim",
	    .session = &farm->snapshot.sessions[session],
	    .policy = "office",
	    .cause = CAUSE_IDLE,
	    .end = POLICY_DISCONNECT,
	    .began = began,
	    .end_at = at + 10 * MINUTE,
	    .rung = rung,
	    .state = WARNING_GIVEN,
	    .at = at,
	};

	return ledger_warned(farm->ledger, &warning, error);
}

/* What is remembered of the warnings of one policy for one cause. */
static const struct policy_warnings *warnings_of(const struct farm *farm, size_t session, const char *policy,
                                                 enum policy_cause cause)
{
	static const struct policy_warnings none;
	const struct policy_warnings *warnings = farm->histories[session].warnings;

	while (warnings != NULL && (warnings->cause != cause || strcmp(warnings->policy, policy) != 0))
		warnings = warnings->next;
	return warnings != NULL ? warnings : &none;
}

static const struct policy_warnings *office_idle(const struct farm *farm, size_t session)
{
	return warnings_of(farm, session, "office", CAUSE_IDLE);
}

static const char *file_path(const char *name)
{
	static char path[5000];

	snprintf(path, sizeof path, "%s/%s", dir.path, name);
	return path;
}

static void looks_are_counted(void **state)
{
	struct farm farm;

	(void)state;
	farm_make(&farm, 3);
	farm_open(&farm, LEDGER_WRITE);
	see_well(&farm, NOW);
	assert_int_equal(farm.histories[2].looks, 1);
	assert_int_equal(farm.histories[2].state_since.at, NOW);
	see_well(&farm, NOW + 999); /* the same look */
	assert_int_equal(farm.histories[2].looks, 1);
	see_well(&farm, NOW + 5 * MINUTE);
	assert_int_equal(farm.histories[2].looks, 2);
	assert_int_equal(farm.histories[2].state_since.at, NOW);
	ledger_close(farm.ledger);
	farm_open(&farm, LEDGER_WRITE); /* the next run */
	farm.snapshot.sessions[1].state = STATE_DISCONNECTED;
	see_well(&farm, NOW + 10 * MINUTE);
	assert_int_equal(farm.histories[1].looks, 3);
	assert_int_equal(farm.histories[1].state_since.at, NOW + 10 * MINUTE);
	assert_int_equal(farm.histories[0].state_since.at, NOW);
	farm_close(&farm);
}

/* Seen disconnected twice, and connected in between: only the time of the connection tells of it. */
static void who_connected_between_two_looks(void **state)
{
	struct session *session;
	struct farm farm;

	(void)state;
	farm_make(&farm, 2);
	session = &farm.snapshot.sessions[1];
	session->state = STATE_DISCONNECTED;
	session->connect_time = moment_at(NOW - 60 * MINUTE);
	farm_open(&farm, LEDGER_WRITE);
	see_well(&farm, NOW);
	session->connect_time.at += 900; /* the same, told a little differently */
	see_well(&farm, NOW + 5 * MINUTE);
	assert_int_equal(farm.histories[1].state_since.at, NOW);
	farm.snapshot.count = 1; /* not in a list that was cut short */
	farm.snapshot.complete = false;
	see_well(&farm, NOW + 10 * MINUTE);
	farm.snapshot.count = 2;
	farm.snapshot.complete = true;
	session->connect_time = moment_at(NOW + 7 * MINUTE);
	see_well(&farm, NOW + 15 * MINUTE);
	assert_int_equal(farm.histories[1].state_since.at, NOW + 15 * MINUTE);
	assert_int_equal(farm.histories[1].looks, 4);
	session->connect_time.is = MOMENT_UNKNOWN; /* not told this time */
	see_well(&farm, NOW + 20 * MINUTE);
	session->connect_time.is = MOMENT_KNOWN;
	see_well(&farm, NOW + 25 * MINUTE);
	assert_int_equal(farm.histories[1].state_since.at, NOW + 15 * MINUTE);
	farm_close(&farm);
}

static void who_was_gone_is_new(void **state)
{
	struct farm farm;

	(void)state;
	farm_make(&farm, 3);
	farm_open(&farm, LEDGER_WRITE);
	see_well(&farm, NOW);
	farm.snapshot.sessions[0].birth = "b2"; /* another one, with the same id */
	farm.snapshot.count = 2;
	see_well(&farm, NOW + MINUTE);
	assert_int_equal(farm.histories[0].looks, 1);
	assert_int_equal(farm.histories[1].looks, 2);
	farm.snapshot.count = 3;
	see_well(&farm, NOW + 2 * MINUTE);
	assert_int_equal(farm.histories[2].looks, 1);
	/* An incomplete list proves of no session that it has ended. */
	farm.snapshot.count = 2;
	farm.snapshot.complete = false;
	see_well(&farm, NOW + 3 * MINUTE);
	farm.snapshot.complete = true;
	farm.snapshot.count = 3;
	see_well(&farm, NOW + 4 * MINUTE);
	assert_int_equal(farm.histories[2].looks, 3);
	farm_close(&farm);
}

static void without_a_birth_nothing_is_remembered(void **state)
{
	struct farm farm;

	(void)state;
	farm_make(&farm, 2);
	farm.snapshot.sessions[0].birth = "";
	farm.snapshot.sessions[1].id = "7";
	snapshot_add(&farm.snapshot); /* listed twice: the second is nobody we know */
	farm.snapshot.sessions[2] = farm.snapshot.sessions[1];
	farm_open(&farm, LEDGER_WRITE);
	see_well(&farm, NOW);
	see_well(&farm, NOW + MINUTE);
	assert_int_equal(farm.histories[0].looks, 1);
	assert_int_equal(farm.histories[1].looks, 2);
	assert_int_equal(farm.histories[2].looks, 1);
	farm_close(&farm);
}

static void warnings_are_remembered(void **state)
{
	const int64_t input = NOW - 50 * MINUTE;
	const struct policy_warnings *warnings;
	struct error error = {0};
	struct farm farm;

	(void)state;
	farm_make(&farm, 2);
	farm_open(&farm, LEDGER_WRITE);
	see_well(&farm, NOW);
	assert_int_equal(warned(&farm, 1, 0, input, NOW, &error), 0);
	assert_int_equal(warned(&farm, 1, 1, input, NOW + MINUTE, &error), 0);
	see_well(&farm, NOW + 2 * MINUTE);
	warnings = office_idle(&farm, 1);
	assert_int_equal(warnings->began, input);
	assert_int_equal(warnings->rung[0].state, WARNING_GIVEN);
	assert_int_equal(warnings->rung[0].at, NOW);
	assert_int_equal(warnings->rung[1].at, NOW + MINUTE);
	assert_int_equal(warnings->rung[1].end_at, NOW + 11 * MINUTE);
	assert_int_equal(warnings->end, POLICY_DISCONNECT);
	assert_null(farm.histories[0].warnings);
	/* A new episode takes the place of the one before. */
	assert_int_equal(warned(&farm, 1, 0, NOW, NOW + 60 * MINUTE, &error), 0);
	see_well(&farm, NOW + 61 * MINUTE);
	warnings = office_idle(&farm, 1);
	assert_int_equal(warnings->began, NOW);
	assert_int_equal(warnings->rung[0].at, NOW + 60 * MINUTE);
	assert_int_equal(warnings->rung[1].state, WARNING_NONE);
	/* The warnings of a session that has ended are deleted. */
	farm.snapshot.count = 1;
	see_well(&farm, NOW + 62 * MINUTE);
	assert_int_equal(warned(&farm, 1, 0, NOW, NOW, &error), -1);
	assert_non_null(strstr(error.text, "does not know"));
	farm.snapshot.count = 2;
	see_well(&farm, NOW + 63 * MINUTE);
	assert_null(farm.histories[1].warnings);
	farm_close(&farm);
}

/* The same cause and rung of two policies are two warnings, and each policy's new episode ends its own only. */
static void warnings_of_two_policies(void **state)
{
	struct ledger_warning warning = {.url = "sim:farm.sim",
	                                 .policy = "locked",
	                                 .cause = CAUSE_IDLE,
	                                 .end = POLICY_LOGOFF,
	                                 .began = NOW - 50 * MINUTE,
	                                 .end_at = NOW + 3 * MINUTE,
	                                 .state = WARNING_GIVEN,
	                                 .at = NOW + 2 * MINUTE};
	const struct policy_warnings *warnings;
	struct error error = {0};
	struct farm farm;

	(void)state;
	farm_make(&farm, 1);
	warning.session = &farm.snapshot.sessions[0];
	farm_open(&farm, LEDGER_WRITE);
	see_well(&farm, NOW);
	assert_int_equal(warned(&farm, 0, 0, NOW - 50 * MINUTE, NOW + MINUTE, &error), 0);
	assert_int_equal(ledger_warned(farm.ledger, &warning, &error), 0);
	see_well(&farm, NOW + 2 * MINUTE);
	assert_int_equal(office_idle(&farm, 0)->rung[0].at, NOW + MINUTE);
	warnings = warnings_of(&farm, 0, "locked", CAUSE_IDLE);
	assert_int_equal(warnings->rung[0].at, NOW + 2 * MINUTE);
	assert_int_equal(warnings->rung[0].end_at, NOW + 3 * MINUTE);
	assert_int_equal(warnings->end, POLICY_LOGOFF);
	/* It announces another end: what it said before is over, and what the other one said is not. */
	warning.end = POLICY_DISCONNECT;
	warning.rung = 1;
	warning.at = NOW + 3 * MINUTE;
	assert_int_equal(ledger_warned(farm.ledger, &warning, &error), 0);
	see_well(&farm, NOW + 4 * MINUTE);
	warnings = warnings_of(&farm, 0, "locked", CAUSE_IDLE);
	assert_int_equal(warnings->end, POLICY_DISCONNECT);
	assert_int_equal(warnings->rung[0].state, WARNING_NONE);
	assert_int_equal(warnings->rung[1].at, NOW + 3 * MINUTE);
	assert_int_equal(office_idle(&farm, 0)->rung[0].state, WARNING_GIVEN);
	farm_close(&farm);
}

/* How often a rung was tried in vain: a new episode, or a success, counts anew. */
static void tries_are_counted(void **state)
{
	struct ledger_warning warning = {.url = "sim:farm.sim",
	                                 .policy = "office",
	                                 .cause = CAUSE_IDLE,
	                                 .end = POLICY_LOGOFF,
	                                 .began = NOW - 50 * MINUTE,
	                                 .rung = 1};
	struct error error = {0};
	struct farm farm;

	(void)state;
	farm_make(&farm, 1);
	warning.session = &farm.snapshot.sessions[0];
	farm_open(&farm, LEDGER_WRITE);
	see_well(&farm, NOW);
	for (unsigned tries = 1; tries <= 4; tries++) {
		warning.state = tries < 4 ? WARNING_UNDELIVERED : WARNING_GIVEN;
		warning.at = NOW + (int64_t)tries * MINUTE;
		assert_int_equal(ledger_warned(farm.ledger, &warning, &error), 0);
		see_well(&farm, warning.at);
		assert_int_equal(office_idle(&farm, 0)->rung[1].state, warning.state);
		assert_int_equal(office_idle(&farm, 0)->rung[1].tries, tries);
		assert_int_equal(office_idle(&farm, 0)->rung[1].at, warning.at);
	}
	warning.state = WARNING_UNDELIVERED;
	assert_int_equal(ledger_warned(farm.ledger, &warning, &error), 0);
	see_well(&farm, NOW + 6 * MINUTE);
	assert_int_equal(office_idle(&farm, 0)->rung[1].tries, 1);
	warning.began = NOW;
	assert_int_equal(ledger_warned(farm.ledger, &warning, &error), 0);
	see_well(&farm, NOW + 7 * MINUTE);
	assert_int_equal(office_idle(&farm, 0)->rung[1].tries, 1);
	farm_close(&farm);
}

/* A host that says how long ago the input was tells one input's time a little differently each time. */
static void one_input_that_is_told_in_several_ways(void **state)
{
	const int64_t input = NOW - 50 * MINUTE;
	const struct policy_warnings *warnings;
	struct error error = {0};
	struct farm farm;

	(void)state;
	farm_make(&farm, 1);
	farm_open(&farm, LEDGER_WRITE);
	see_well(&farm, NOW);
	assert_int_equal(warned(&farm, 0, 0, input, NOW, &error), 0);
	assert_int_equal(warned(&farm, 0, 1, input + 400, NOW + MINUTE, &error), 0);
	assert_int_equal(warned(&farm, 0, 2, input - 400, NOW + 2 * MINUTE, &error), 0);
	see_well(&farm, NOW + 3 * MINUTE);
	warnings = office_idle(&farm, 0);
	assert_int_equal(warnings->rung[0].state, WARNING_GIVEN);
	assert_int_equal(warnings->rung[1].state, WARNING_GIVEN);
	assert_int_equal(warnings->rung[2].state, WARNING_GIVEN);
	farm_close(&farm);
}

static void a_host_whose_clock_jumps(void **state)
{
	struct error error = {0};
	struct farm farm;

	(void)state;
	farm_make(&farm, 1);
	farm_open(&farm, LEDGER_WRITE);
	see_well(&farm, NOW);
	assert_int_equal(warned(&farm, 0, 0, 1, NOW, &error), 0);
	see_well(&farm, NOW + MINUTE);
	assert_false(farm.look.clock_unsteady);
	farm.snapshot.now = NOW + 3 * MINUTE + CLOCK_JUMP;
	farm.snapshot.taken_at = farm.clock.wall = NOW + 3 * MINUTE;
	farm.clock.uptime += 2 * MINUTE;
	assert_int_equal(ledger_see(farm.ledger, &farm.look, 1, &farm.clock, &error), 0);
	assert_false(farm.look.clock_unsteady); /* so much is allowed */
	farm.snapshot.now += 2 * MINUTE + CLOCK_JUMP + 1;
	farm.snapshot.taken_at = farm.clock.wall = NOW + 5 * MINUTE;
	farm.clock.uptime += 2 * MINUTE;
	assert_int_equal(ledger_see(farm.ledger, &farm.look, 1, &farm.clock, &error), 0);
	assert_true(farm.look.clock_unsteady);
	assert_int_equal(farm.histories[0].looks, 1);
	assert_int_equal(farm.histories[0].state_since.at, NOW + 5 * MINUTE);
	assert_null(farm.histories[0].warnings);
	farm.snapshot.now += MINUTE;
	farm.snapshot.taken_at = farm.clock.wall = NOW + 6 * MINUTE;
	farm.clock.uptime += MINUTE;
	assert_int_equal(ledger_see(farm.ledger, &farm.look, 1, &farm.clock, &error), 0);
	assert_false(farm.look.clock_unsteady);
	assert_int_equal(farm.histories[0].looks, 2);
	/* ... nor at any later look: nobody knows when it was said. */
	assert_null(farm.histories[0].warnings);
	farm_close(&farm);
}

/* A day forth and a day back; the host's clock is ours, so that no difference between them shows it. */
static void our_clock_jumps(void **state)
{
	static const int64_t jumps[] = {1440 * MINUTE, -1440 * MINUTE, 61000, -61000};

	(void)state;
	for (size_t i = 0; i < COUNT(jumps); i++) {
		struct error error = {0};
		struct farm farm;

		farm_make(&farm, 1);
		unlink(file_path("ledger.sqlite"));
		farm_open(&farm, LEDGER_WRITE);
		see_well(&farm, NOW);
		see_well(&farm, NOW + MINUTE);
		assert_int_equal(farm.histories[0].looks, 2);
		farm.snapshot.now = farm.snapshot.taken_at = farm.clock.wall = NOW + 2 * MINUTE + jumps[i];
		farm.clock.uptime += MINUTE;
		assert_int_equal(ledger_see(farm.ledger, &farm.look, 1, &farm.clock, &error), 0);
		assert_true(farm.look.clock_unsteady);
		assert_int_equal(farm.histories[0].looks, 1);
		assert_int_equal(farm.histories[0].state_since.at, farm.clock.wall);
		farm.snapshot.now = farm.snapshot.taken_at = farm.clock.wall += MINUTE;
		farm.clock.uptime += MINUTE;
		assert_int_equal(ledger_see(farm.ledger, &farm.look, 1, &farm.clock, &error), 0);
		assert_false(farm.look.clock_unsteady);
		assert_int_equal(farm.histories[0].looks, 2);
		/* Another start: the time since then says nothing about the time before. */
		snprintf(farm.clock.boot, sizeof farm.clock.boot, "boot-2");
		farm.snapshot.now = farm.snapshot.taken_at = farm.clock.wall += MINUTE;
		farm.clock.uptime = 5000;
		assert_int_equal(ledger_see(farm.ledger, &farm.look, 1, &farm.clock, &error), 0);
		assert_false(farm.look.clock_unsteady);
		farm_close(&farm);
	}
}

static void reading_changes_nothing(void **state)
{
	struct error error = {0};
	struct farm farm, reader;

	(void)state;
	farm_make(&reader, 2);
	farm_open(&reader, LEDGER_READ); /* there is none: nor is there one afterwards */
	see_well(&reader, NOW);
	assert_int_equal(reader.histories[0].looks, 1);
	assert_int_equal(access(file_path("ledger.sqlite"), F_OK), -1);
	ledger_close(reader.ledger);

	farm_make(&farm, 2);
	farm_open(&farm, LEDGER_WRITE);
	see_well(&farm, NOW);
	farm_open(&reader, LEDGER_READ);
	see_well(&reader, NOW + MINUTE);
	assert_int_equal(reader.histories[0].looks, 2);
	see_well(&reader, NOW + 2 * MINUTE);
	assert_int_equal(reader.histories[0].looks, 2);
	assert_int_equal(warned(&reader, 0, 0, 1, NOW, &error), -1);
	farm_close(&reader);
	see_well(&farm, NOW + 3 * MINUTE);
	assert_int_equal(farm.histories[0].looks, 2);
	farm_close(&farm);
}

static void the_file_is_ours_alone(void **state)
{
	struct stat status;
	struct farm farm;

	(void)state;
	farm_make(&farm, 1);
	farm_open(&farm, LEDGER_WRITE);
	see_well(&farm, NOW);
	assert_int_equal(stat(file_path("ledger.sqlite"), &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(stat(file_path("ledger.sqlite-wal"), &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	farm_close(&farm);
	assert_int_equal(chmod(file_path("ledger.sqlite"), 0622), 0);
	struct error error = {0};
	assert_int_equal(ledger_open(&farm.ledger, &dir, LEDGER_WRITE, PATIENCE, &error), -1);
	assert_null(farm.ledger);
	assert_non_null(strstr(error.text, "others can write"));
}

static void run_sql(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(file_path("ledger.sqlite"), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static int version_of(void)
{
	sqlite3_stmt *statement;
	sqlite3 *db;
	int version;

	assert_int_equal(sqlite3_open(file_path("ledger.sqlite"), &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	version = sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return version;
}

static void a_ledger_of_a_later_version_is_refused(void **state)
{
	struct error error = {0};
	struct farm farm;
	char text[100];
	int version;

	(void)state;
	farm_make(&farm, 1);
	farm_open(&farm, LEDGER_WRITE);
	farm_close(&farm);
	version = version_of();
	run_sql("PRAGMA user_version = 99");
	assert_int_equal(ledger_open(&farm.ledger, &dir, LEDGER_WRITE, PATIENCE, &error), -1);
	snprintf(text, sizeof text, "is of version 99, and this program knows up to version %d", version);
	assert_non_null(strstr(error.text, text));
	error_clear(&error);
	assert_int_equal(ledger_open(&farm.ledger, &dir, LEDGER_READ, PATIENCE, &error), -1);
	snprintf(text, sizeof text, "PRAGMA user_version = %d", version);
	run_sql(text); /* and is left as it was */
	farm_make(&farm, 1);
	farm_open(&farm, LEDGER_WRITE);
	assert_null(ledger_moved_to(farm.ledger));
	farm_close(&farm);
}

/* Who is left out of a list that was cut short, when a clock was set, is forgotten like the others: what he used since
   before that cannot be divided by a time. */
static void work_across_the_setting_of_a_clock(void **state)
{
	struct error error = {0};
	struct session *session;
	struct farm farm;

	(void)state;
	farm_make(&farm, 2);
	session = &farm.snapshot.sessions[1];
	session->cpu_time = (struct span){true, 60000};
	farm_open(&farm, LEDGER_WRITE);
	see_well(&farm, NOW);
	farm.snapshot.count = 1;
	farm.snapshot.complete = false;
	farm.snapshot.now = farm.snapshot.taken_at = farm.clock.wall = NOW + MINUTE + 1440 * MINUTE;
	farm.clock.uptime += MINUTE;
	assert_int_equal(ledger_see(farm.ledger, &farm.look, 1, &farm.clock, &error), 0);
	assert_true(farm.look.clock_unsteady);
	farm.snapshot.count = 2;
	farm.snapshot.complete = true;
	session->cpu_time.length += MINUTE;
	farm.snapshot.now = farm.snapshot.taken_at = farm.clock.wall += MINUTE;
	farm.clock.uptime += MINUTE;
	assert_int_equal(ledger_see(farm.ledger, &farm.look, 1, &farm.clock, &error), 0);
	assert_false(farm.look.clock_unsteady);
	assert_int_equal(farm.histories[1].looks, 2);
	assert_false(farm.histories[1].cpu_used.known);
	farm_close(&farm);
}

/* As the first version wrote it: one session, seen three times. */
static void write_version_1(void)
{
	int fd = state_file_open(&dir, "ledger.sqlite", O_RDWR, &(struct error){0});

	assert_true(fd >= 0);
	close(fd);
	run_sql(
	    "CREATE TABLE clock (one INTEGER PRIMARY KEY CHECK (one = 1), wall INTEGER, uptime INTEGER, boot TEXT)"
	    " STRICT;"
	    "CREATE TABLE target (id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, look INTEGER NOT NULL,"
	    " looked_at INTEGER NOT NULL, ahead INTEGER NOT NULL) STRICT;"
	    "CREATE TABLE session (id INTEGER PRIMARY KEY,"
	    " target INTEGER NOT NULL REFERENCES target ON DELETE CASCADE, provider TEXT NOT NULL,"
	    " host TEXT NOT NULL, session TEXT NOT NULL, user TEXT NOT NULL, birth TEXT NOT NULL,"
	    " first_look INTEGER NOT NULL, state INTEGER NOT NULL, state_since INTEGER NOT NULL,"
	    " snoozed_until INTEGER NOT NULL DEFAULT 0, UNIQUE (target, provider, host, session, user, birth)) STRICT;"
	    "CREATE TABLE warning (session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,"
	    " cause INTEGER NOT NULL, rung INTEGER NOT NULL, began INTEGER NOT NULL, state INTEGER NOT NULL,"
	    " at INTEGER NOT NULL, PRIMARY KEY (session, cause, rung)) STRICT, WITHOUT ROWID;"
	    "INSERT INTO target VALUES (1, 'sim:farm.sim', 3, 1795259700000, 0);"
	    "INSERT INTO session VALUES (1, 1, 'sim', 'ts01', '0', 'alice', 'b1', 1, 0, 1795259400000, 0);"
	    "INSERT INTO warning VALUES (1, 0, 0, 77, 1, 1795259700000);"
	    "PRAGMA user_version = 1; PRAGMA application_id = 1131570807;");
}

static void a_ledger_of_an_earlier_version_is_kept(void **state)
{
	struct error error = {0};
	struct farm farm;

	(void)state;
	write_version_1();
	farm_make(&farm, 1);
	farm_open(&farm, LEDGER_READ); /* who may not change it knows nothing */
	see_well(&farm, NOW);
	assert_int_equal(farm.histories[0].looks, 1);
	ledger_close(farm.ledger);
	assert_int_equal(version_of(), 1);
	farm_open(&farm, LEDGER_WRITE);
	assert_null(ledger_moved_to(farm.ledger));
	see_well(&farm, NOW);
	assert_int_equal(farm.histories[0].looks, 4);
	assert_null(farm.histories[0].warnings); /* whose they were is unknown: they are given again, */
	assert_int_equal(warned(&farm, 0, 0, 77, NOW, &error), 0);
	see_well(&farm, NOW);
	assert_int_equal(office_idle(&farm, 0)->rung[0].state, WARNING_GIVEN); /* and remembered */
	assert_false(farm.histories[0].cpu_used.known);
	assert_true(version_of() > 1);
	farm_close(&farm);
}

/* What its programs used between two looks: known from the second one on, as long as the sum grows. */
static void work_is_measured_between_two_looks(void **state)
{
	struct session *session;
	struct farm farm;

	(void)state;
	farm_make(&farm, 2);
	session = &farm.snapshot.sessions[1];
	session->cpu_time = (struct span){true, 60000};
	farm_open(&farm, LEDGER_WRITE);
	see_well(&farm, NOW);
	assert_false(farm.histories[1].cpu_used.known);
	session->cpu_time.length = 75000;
	see_well(&farm, NOW + 5 * MINUTE);
	assert_true(farm.histories[1].cpu_used.known);
	assert_int_equal(farm.histories[1].cpu_used.length, 15000);
	assert_int_equal(farm.histories[1].cpu_over, 5 * MINUTE);
	assert_false(farm.histories[0].cpu_used.known); /* of which nothing is told */
	see_well(&farm, NOW + 7 * MINUTE);              /* nothing was done, and that is the new beginning */
	assert_true(farm.histories[1].cpu_used.known);
	assert_int_equal(farm.histories[1].cpu_used.length, 0);
	session->cpu_time.length = 75001;
	see_well(&farm, NOW + 8 * MINUTE);
	assert_int_equal(farm.histories[1].cpu_used.length, 1);
	assert_int_equal(farm.histories[1].cpu_over, MINUTE);
	see_well(&farm, NOW + 8 * MINUTE + 999); /* too short a time to say anything */
	assert_false(farm.histories[1].cpu_used.known);
	session->cpu_time.length = 50000;
	see_well(&farm, NOW + 9 * MINUTE); /* less than before: another sum */
	assert_false(farm.histories[1].cpu_used.known);
	session->cpu_time.known = false;
	see_well(&farm, NOW + 10 * MINUTE);
	assert_false(farm.histories[1].cpu_used.known);
	session->cpu_time = (struct span){true, 60000};
	see_well(&farm, NOW + 11 * MINUTE);
	assert_false(farm.histories[1].cpu_used.known);
	session->cpu_time.length = 90000;
	farm.snapshot.now = NOW + 12 * MINUTE + 2 * CLOCK_JUMP; /* the host's clock was set */
	farm.snapshot.taken_at = farm.clock.wall = NOW + 12 * MINUTE;
	farm.clock.uptime += MINUTE;
	assert_int_equal(ledger_see(farm.ledger, &farm.look, 1, &farm.clock, &(struct error){0}), 0);
	assert_true(farm.look.clock_unsteady);
	assert_false(farm.histories[1].cpu_used.known);
	farm_close(&farm);
}

static void a_snooze_is_counted(void **state)
{
	struct error error = {0};
	struct farm farm;

	(void)state;
	farm_make(&farm, 2);
	farm_open(&farm, LEDGER_WRITE);
	see_well(&farm, NOW);
	assert_int_equal(farm.histories[1].snoozes, 0);
	assert_int_equal(ledger_snoozed(farm.ledger, "sim:farm.sim", &farm.snapshot.sessions[1], NOW + 7, &error), 0);
	assert_int_equal(ledger_snoozed(farm.ledger, "sim:farm.sim", &farm.snapshot.sessions[1], NOW + 9, &error), 0);
	ledger_close(farm.ledger);
	farm_open(&farm, LEDGER_WRITE);
	see_well(&farm, NOW + MINUTE);
	assert_int_equal(farm.histories[1].snoozes, 2);
	assert_int_equal(farm.histories[1].snoozed_until, NOW + 9);
	assert_int_equal(farm.histories[0].snoozes, 0);
	farm.snapshot.sessions[1].birth = "b2";
	assert_int_equal(ledger_snoozed(farm.ledger, "sim:farm.sim", &farm.snapshot.sessions[1], NOW + 9, &error), -1);
	assert_non_null(strstr(error.text, "does not know session 1"));
	farm_close(&farm);
}

static void damage(long from, size_t length)
{
	FILE *file = fopen(file_path("ledger.sqlite"), "r+");

	assert_non_null(file);
	assert_int_equal(fseek(file, from, SEEK_SET), 0);
	for (size_t i = 0; i < length; i++)
		fputc(0x5a, file);
	fclose(file);
}

static void a_damaged_ledger_is_moved_aside(void **state)
{
	/* the head; pages of tables */
	static const struct {
		long from;
		size_t length;
	} places[] = {{0, 100}, {4096, 3 * 4096}, {0, 50000}};

	(void)state;
	for (size_t i = 0; i < COUNT(places); i++) {
		struct error error = {0};
		struct farm farm;
		char moved[5000];

		farm_make(&farm, 20);
		farm_open(&farm, LEDGER_WRITE);
		see_well(&farm, NOW);
		ledger_close(farm.ledger);
		damage(places[i].from, places[i].length);
		/* A reader says so, and leaves it alone. */
		assert_int_equal(ledger_open(&farm.ledger, &dir, LEDGER_READ, PATIENCE, &error), -1);
		print_message("%s\n", error.text);
		farm_open(&farm, LEDGER_WRITE);
		assert_non_null(ledger_moved_to(farm.ledger));
		snprintf(moved, sizeof moved, "%s", ledger_moved_to(farm.ledger));
		assert_int_equal(access(moved, F_OK), 0);
		see_well(&farm, NOW + MINUTE);
		assert_int_equal(farm.histories[0].looks, 1); /* all are new */
		farm_close(&farm);
		unlink(moved);
		unlink(file_path("ledger.sqlite"));
	}
}

/* In the place of libc's, for SQLite: one page of the file that cannot be read. */
static off_t bad_page = -1;

static ssize_t read_badly(int fd, void *bytes, size_t length, off_t offset)
{
	struct iovec place = {bytes, length};

	if (offset == bad_page) {
		errno = EIO;
		return -1;
	}
	return preadv(fd, &place, 1, offset);
}

/* Every page of one that had many sessions, of which few are left: also those that are free. */
static void a_page_that_cannot_be_read_is_no_damage(void **state)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	const sqlite3_syscall_ptr real = vfs->xGetSystemCall(vfs, "pread64");
	struct stat status;
	struct farm farm;
	unsigned failed = 0;

	(void)state;
	farm_make(&farm, SESSIONS_MOST);
	farm_open(&farm, LEDGER_WRITE);
	for (size_t i = 0; i < SESSIONS_MOST; i++)
		farm.snapshot.sessions[i].user = arena_printf(&farm.snapshot.arena, "%0500zu", i);
	see_well(&farm, NOW);
	farm.snapshot.count = 2;
	see_well(&farm, NOW + MINUTE);
	ledger_close(farm.ledger);
	assert_int_equal(stat(file_path("ledger.sqlite"), &status), 0);
	assert_true(status.st_size > 100000);
	assert_int_equal(vfs->xSetSystemCall(vfs, "pread64", (sqlite3_syscall_ptr)read_badly), SQLITE_OK);
	for (bad_page = 0; bad_page < status.st_size; bad_page += 4096) {
		struct error error = {0};

		if (ledger_open(&farm.ledger, &dir, LEDGER_WRITE, PATIENCE, &error) < 0) {
			if (strstr(error.text, "disk I/O error") == NULL)
				fail_msg("page %lld: %s", (long long)bad_page / 4096, error.text);
			failed++;
		} else if (ledger_moved_to(farm.ledger) != NULL) {
			fail_msg("page %lld: moved aside", (long long)bad_page / 4096);
		}
		ledger_close(farm.ledger);
	}
	assert_true(failed > 10); /* the others are free, and nobody looks into them */
	bad_page = -1;
	farm_open(&farm, LEDGER_WRITE);
	assert_null(ledger_moved_to(farm.ledger));
	see_well(&farm, NOW + 2 * MINUTE);
	assert_int_equal(farm.histories[0].looks, 3); /* nothing is lost */
	assert_int_equal(vfs->xSetSystemCall(vfs, "pread64", real), SQLITE_OK);
	farm_close(&farm);
}

static void the_file_of_another_program_is_no_ledger(void **state)
{
	struct farm farm;

	(void)state;
	farm_make(&farm, 1);
	run_sql("CREATE TABLE other (x); PRAGMA user_version = 1");
	assert_int_equal(chmod(file_path("ledger.sqlite"), 0600), 0);
	farm_open(&farm, LEDGER_WRITE);
	assert_non_null(ledger_moved_to(farm.ledger));
	farm_close(&farm);
}

/* Runs a function in a child, and says how it ended. */
static int in_child(void (*function)(void))
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		function();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void write_into_a_full_disk(void)
{
	const struct rlimit limit = {30000, 30000};
	struct error error = {0};
	struct farm farm;

	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
		_exit(10);
	farm_make(&farm, SESSIONS_MOST);
	if (ledger_open(&farm.ledger, &dir, LEDGER_WRITE, PATIENCE, &error) < 0)
		_exit(error.text[0] != '\0' ? 0 : 11);
	for (size_t i = 0; i < SESSIONS_MOST; i++)
		farm.snapshot.sessions[i].birth =
		    arena_printf(&farm.snapshot.arena, "%01000d", (int)i); /* more than there is room for */
	_exit(see(&farm, NOW + MINUTE, &error) < 0 && strstr(error.text, "ledger.sqlite") != NULL ? 0 : 12);
}

/* A file that cannot grow: to the writer a full disk looks the same. */
static void what_cannot_be_written_is_an_error(void **state)
{
	struct farm farm;

	(void)state;
	farm_make(&farm, 3);
	farm_open(&farm, LEDGER_WRITE);
	see_well(&farm, NOW);
	ledger_close(farm.ledger);
	assert_int_equal(in_child(write_into_a_full_disk), 0);
	farm_open(&farm, LEDGER_WRITE); /* what was there is there */
	assert_null(ledger_moved_to(farm.ledger));
	see_well(&farm, NOW + 2 * MINUTE);
	assert_int_equal(farm.histories[2].looks, 2);
	farm_close(&farm);
}

static void write_without_rights(void)
{
	struct error error = {0};
	struct farm farm;

	if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
		_exit(10);
	farm_make(&farm, 3);
	_exit(ledger_open(&farm.ledger, &dir, LEDGER_WRITE, PATIENCE, &error) < 0 && error.text[0] != '\0' ? 0 : 11);
}

static void a_ledger_that_may_not_be_written(void **state)
{
	struct farm farm;

	(void)state;
	farm_make(&farm, 3);
	farm_open(&farm, LEDGER_WRITE);
	see_well(&farm, NOW);
	farm_close(&farm);
	assert_int_equal(chmod(file_path("ledger.sqlite"), 0400), 0);
	assert_int_equal(chmod(dir.path, 0500), 0);
	assert_int_equal(in_child(write_without_rights), 0);
	assert_int_equal(chmod(dir.path, 0700), 0);
}

/* Sees, and warns, until it is killed: its looks are numbered by the time. */
static void write_for_ever(void)
{
	struct error error = {0};
	struct farm farm;

	farm_make(&farm, 30);
	if (ledger_open(&farm.ledger, &dir, LEDGER_WRITE, PATIENCE, &error) < 0)
		_exit(10);
	for (int64_t now = NOW;; now += MINUTE) {
		for (size_t i = 0; i < 30; i++) /* each look changes each session, so a look is all or nothing */
			farm.snapshot.sessions[i].state = now / MINUTE % 2 == 0 ? STATE_ACTIVE : STATE_DISCONNECTED;
		if (see(&farm, now, &error) < 0)
			_exit(11);
		for (size_t i = 0; i < 3; i++)
			if (warned(&farm, i, 0, now, now, &error) < 0)
				_exit(12);
	}
}

static void killed_at_any_moment(void **state)
{
	(void)state;
	srand(7);
	for (int i = 0; i < 40; i++) {
		struct farm farm;
		pid_t pid = fork();
		int status;

		assert_true(pid >= 0);
		if (pid == 0)
			write_for_ever();
		usleep((unsigned)(rand() % 40000));
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		farm_make(&farm, 30);
		farm_open(&farm, LEDGER_WRITE);
		assert_null(ledger_moved_to(farm.ledger));
		ledger_close(farm.ledger);
		farm_open(&farm, LEDGER_READ);
		see_well(&farm, NOW + 1);
		for (size_t j = 1; j < 30; j++)
			assert_int_equal(farm.histories[j].state_since.at, farm.histories[0].state_since.at);
		farm_close(&farm);
	}
}

static void write_some(void)
{
	struct error error = {0};
	struct farm farm;

	farm_make(&farm, 10);
	if (ledger_open(&farm.ledger, &dir, LEDGER_WRITE, PATIENCE, &error) < 0)
		_exit(10);
	for (int i = 0; i < 20; i++)
		if (see(&farm, NOW + (getpid() * 20 + i) % 100 * 1000, &error) < 0 ||
		    warned(&farm, (size_t)i % 10, 0, i, NOW, &error) < 0)
			_exit(11);
	_exit(0);
}

static void several_writers_wait_for_each_other(void **state)
{
	pid_t pids[8];

	(void)state;
	for (size_t i = 0; i < COUNT(pids); i++)
		if ((pids[i] = fork()) == 0)
			write_some();
	for (size_t i = 0; i < COUNT(pids); i++) {
		int status;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
}

static void a_writer_that_does_not_end(void **state)
{
	struct error error = {0};
	struct farm farm, reader;
	sqlite3 *db;

	(void)state;
	farm_make(&farm, 1);
	farm_open(&farm, LEDGER_WRITE);
	see_well(&farm, NOW);
	ledger_close(farm.ledger);
	assert_int_equal(sqlite3_open(file_path("ledger.sqlite"), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(ledger_open(&farm.ledger, &dir, LEDGER_WRITE, 50, &error), 0);
	assert_int_equal(see(&farm, NOW + MINUTE, &error), -1);
	assert_non_null(strstr(error.hint, "another process is writing"));
	farm_make(&reader, 1);
	farm_open(&reader, LEDGER_READ); /* nobody who reads waits */
	see_well(&reader, NOW + MINUTE);
	assert_int_equal(reader.histories[0].looks, 2);
	farm_close(&reader);
	farm_close(&farm);
	sqlite3_close(db);
}

static void our_own_clocks(void **state)
{
	struct ledger_clock clock;
	struct error error = {0};

	(void)state;
	assert_int_equal(ledger_clock_now(&clock, &error), 0);
	assert_true(clock.uptime > 0 && clock.wall > clock.uptime);
	assert_int_equal(strlen(clock.boot), 36);
}

/* Each test has a state folder of its own. */
static int set_up(void **state)
{
	struct error error = {0};
	char path[200];

	(void)state;
	snprintf(path, sizeof path, "%s/%u", root, ++folders);
	return state_dir_open(&dir, path, &error);
}

static int tear_down(void **state)
{
	(void)state;
	state_dir_close(&dir);
	return 0;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(looks_are_counted),
	    TEST(who_connected_between_two_looks),
	    TEST(who_was_gone_is_new),
	    TEST(without_a_birth_nothing_is_remembered),
	    TEST(warnings_are_remembered),
	    TEST(warnings_of_two_policies),
	    TEST(tries_are_counted),
	    TEST(one_input_that_is_told_in_several_ways),
	    TEST(a_host_whose_clock_jumps),
	    TEST(our_clock_jumps),
	    TEST(reading_changes_nothing),
	    TEST(the_file_is_ours_alone),
	    TEST(a_ledger_of_a_later_version_is_refused),
	    TEST(a_ledger_of_an_earlier_version_is_kept),
	    TEST(work_is_measured_between_two_looks),
	    TEST(work_across_the_setting_of_a_clock),
	    TEST(a_snooze_is_counted),
	    TEST(a_damaged_ledger_is_moved_aside),
	    TEST(a_page_that_cannot_be_read_is_no_damage),
	    TEST(the_file_of_another_program_is_no_ledger),
	    TEST(what_cannot_be_written_is_an_error),
	    TEST(a_ledger_that_may_not_be_written),
	    TEST(killed_at_any_moment),
	    TEST(several_writers_wait_for_each_other),
	    TEST(a_writer_that_does_not_end),
	    TEST(our_own_clocks),
	};
	int failed;

	if (mkdtemp(root) == NULL)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	test_folder_remove(root);
	return failed;
}
