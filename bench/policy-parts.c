/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * usage: policy-parts decide | ledger DIR | past DIR COPIES WEEKS
 * Parts of what a policy costs, without a program around them; for bench/policy.  Each line: what, CPU ms, wall ms,
 * how many.  past writes no figures: it makes copies of the week that t/unit/past-tool made: of other users, and of
 * weeks before.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sqlite3.h>

#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/ledger/ledger.h"
#include "lib/policy/policy.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"

enum { SESSIONS = 20000, TARGETS = 100, ROUNDS = 50, MINUTE = 60 * 1000, HOUR = 60 * MINUTE };
static const int64_t NOW = INT64_C(1795260000000);

static void die(const char *what)
{
	fprintf(stderr, "policy-parts: %s\n", what);
	exit(2);
}

struct watch {
	struct timespec cpu, wall;
};

static void watch_start(struct watch *watch)
{
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &watch->cpu);
	clock_gettime(CLOCK_MONOTONIC, &watch->wall);
}

static double since(const struct timespec *then, clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return 1e3 * (double)(now.tv_sec - then->tv_sec) + (double)(now.tv_nsec - then->tv_nsec) / 1e6;
}

static void watch_print(const struct watch *watch, const char *what, size_t count)
{
	double cpu = since(&watch->cpu, CLOCK_PROCESS_CPUTIME_ID), wall = since(&watch->wall, CLOCK_MONOTONIC);

	printf("%s %.2f %.2f %zu\n", what, cpu, wall, count);
}

static void session_make(struct session *session, struct arena *arena, size_t number, const char *host)
{
	session_init(session);
	session->provider = "sim";
	session->host = host;
	session->id = arena_printf(arena, "%zu", number);
	session->user = arena_printf(arena, "user%05zu", number);
	session->domain = "CORP";
	session->birth = arena_printf(arena, "b%zu", number);
	session->class = CLASS_USER;
	session->kind = KIND_DESKTOP;
	session->state = number % 3 == 0 ? STATE_DISCONNECTED : STATE_ACTIVE;
	session->logon_time = session->connect_time = moment_at(NOW - 8 * HOUR);
	session->last_input = moment_at(NOW - (int64_t)(number % 240) * MINUTE);
	session->disconnect_time = moment_at(NOW - (int64_t)(number % 240) * MINUTE);
	if (session->state == STATE_ACTIVE)
		session->disconnect_time.is = MOMENT_NEVER;
}

/* Three policies, with four globs for users between them: the last one means everybody. */
static void policies_make(struct policy policies[3], struct arena *arena)
{
	static const char *const globs[] = {"svc-*", "admin*", "break-glass", "*\\monitor"};

	for (size_t i = 0; i < 3; i++)
		policies[i] = (struct policy){
		    .name = "p",
		    .limit = {[CAUSE_IDLE] = {true, 2 * HOUR}, [CAUSE_DISCONNECTED] = {true, 10 * HOUR}},
		    .end = {POLICY_DISCONNECT, POLICY_LOGOFF, POLICY_LOGOFF, POLICY_LOGOFF},
		    .lead = {10 * MINUTE, 2 * MINUTE},
		    .lead_count = 2,
		};
	string_list_add(&policies[0].users, arena, globs[0]);
	string_list_add(&policies[1].users, arena, globs[2]);
	string_list_add(&policies[2].exempt_users, arena, globs[1]);
	string_list_add(&policies[2].exempt_users, arena, globs[3]);
}

static void decide(void)
{
	static const struct policy_history history = {.looks = 9};
	struct arena arena = {0};
	struct policy policies[3];
	struct policy_moment moments[3];
	struct policy_set set;
	struct snapshot snapshot;
	struct session *sessions = must_alloc(SESSIONS * sizeof *sessions);
	struct watch watch;
	size_t due = 0;

	snapshot_init(&snapshot);
	snapshot.now = NOW;
	policies_make(policies, &arena);
	policy_set_make(&set, policies, 3, moments, NOW);
	for (size_t i = 0; i < SESSIONS; i++)
		session_make(&sessions[i], &arena, i, "ts01");
	watch_start(&watch);
	for (size_t round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < SESSIONS; i++) {
			const struct policy_subject subject = {
			    .target = "ts01",
			    .snapshot = &snapshot,
			    .session = &sessions[i],
			    .capabilities = CAN_MESSAGE | CAN_DISCONNECT | CAN_LOGOFF,
			    .history = &history,
			};

			due += policy_decide(&set, &subject).step != POLICY_LEAVE;
		}
	watch_print(&watch, "decide", (size_t)SESSIONS * ROUNDS);
	if (due == 0 || due == (size_t)SESSIONS * ROUNDS)
		die("either nobody or everybody is due, which measures nothing");
	free(sessions);
	snapshot_free(&snapshot);
	arena_free(&arena);
}

static void look(struct ledger *ledger, struct ledger_look *looks, struct snapshot *snapshots, int64_t now,
                 const char *what)
{
	struct ledger_clock clock = {.wall = now, .uptime = now - NOW + HOUR, .boot = "boot"};
	struct error error = {0};
	struct watch watch;

	for (size_t i = 0; i < TARGETS; i++)
		snapshots[i].now = snapshots[i].taken_at = now;
	watch_start(&watch);
	if (ledger_see(ledger, looks, TARGETS, &clock, &error) < 0)
		die(error.text);
	watch_print(&watch, what, SESSIONS);
}

static void measure_ledger(const char *folder)
{
	static struct snapshot snapshots[TARGETS];
	static struct ledger_look looks[TARGETS];
	struct arena arena = {0};
	struct ledger *ledger;
	struct state_dir dir;
	struct error error = {0};

	if (state_dir_open(&dir, folder, &error) < 0 || ledger_open(&ledger, &dir, LEDGER_WRITE, HOUR, &error) < 0)
		die(error.text);
	for (size_t i = 0; i < TARGETS; i++) {
		snapshot_init(&snapshots[i]);
		snapshots[i].provider = "sim";
		snapshots[i].host = arena_printf(&arena, "ts%03zu", i);
		for (size_t j = 0; j < SESSIONS / TARGETS; j++)
			session_make(snapshot_add(&snapshots[i]), &arena, i * (SESSIONS / TARGETS) + j,
			             snapshots[i].host);
		looks[i] = (struct ledger_look){
		    .url = arena_printf(&arena, "sim:/farm.sim#ts%03zu", i),
		    .snapshot = &snapshots[i],
		    .histories = arena_alloc(&arena, SESSIONS / TARGETS * sizeof(struct policy_history)),
		};
	}
	look(ledger, looks, snapshots, NOW, "ledger-new");
	for (size_t i = 0; i < TARGETS; i++)
		for (size_t j = 0; j < snapshots[i].count; j++) {
			struct session *session = &snapshots[i].sessions[j];
			bool active = session->state == STATE_ACTIVE;

			session->state = active ? STATE_DISCONNECTED : STATE_ACTIVE;
			session->disconnect_time = moment_at(NOW + MINUTE);
			if (!active)
				session->disconnect_time.is = MOMENT_NEVER;
			session->last_input = moment_at(NOW + MINUTE);
		}
	look(ledger, looks, snapshots, NOW + 5 * MINUTE, "ledger-changed");
	look(ledger, looks, snapshots, NOW + 10 * MINUTE, "ledger-settled");
	look(ledger, looks, snapshots, NOW + 15 * MINUTE, "ledger-same");
	ledger_close(ledger);
	state_dir_close(&dir);
	for (size_t i = 0; i < TARGETS; i++)
		snapshot_free(&snapshots[i]);
	arena_free(&arena);
}

/* Copies of the week, other users each time, and of those the same in the weeks before. */
static void make_past(const char *folder, int copies, int weeks)
{
	static const char script[] =
	    "BEGIN; CREATE TEMP TABLE n AS WITH RECURSIVE c(u, w) AS (SELECT 0, 0 UNION ALL SELECT"
	    " CASE WHEN w + 1 < %d THEN u ELSE u + 1 END, (w + 1) %% %d FROM c WHERE u * %d + w + 1 < %d) SELECT * "
	    "FROM c WHERE u + w > "
	    "0;"
	    "CREATE TEMP TABLE most AS SELECT max(id) AS id FROM life;"
	    "INSERT INTO life (id, target, provider, host, session, user, birth, domain, client, address, collection, "
	    "kind,"
	    " logon, memory, usage, since, until) SELECT life.id + most.id * (u * %d + w), target, provider, host, "
	    "session,"
	    " CASE u WHEN 0 THEN user ELSE user || 'x' || u END, birth || u || '/' || w, domain, client, address, "
	    "collection, kind,"
	    " logon - w * 604800000, memory, usage, since - w * 604800000, coalesce(until, since) - w * 604800000"
	    " FROM n CROSS JOIN life CROSS JOIN most WHERE life.id <= most.id;"
	    "INSERT INTO episode SELECT life + most.id * (u * %d + w), since - w * 604800000, usage"
	    " FROM n CROSS JOIN episode CROSS JOIN most WHERE life <= most.id; COMMIT;";
	char path[4200], text[sizeof script + 200];
	sqlite3 *db;

	snprintf(path, sizeof path, "%s/ledger.sqlite", folder);
	snprintf(text, sizeof text, script, weeks, weeks, weeks, copies * weeks, weeks, weeks);
	if (sqlite3_open(path, &db) != SQLITE_OK || sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		die(sqlite3_errmsg(db));
	sqlite3_close(db);
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "decide") == 0)
		decide();
	else if (argc == 3 && strcmp(argv[1], "ledger") == 0)
		measure_ledger(argv[2]);
	else if (argc == 5 && strcmp(argv[1], "past") == 0)
		make_past(argv[2], (int)strtol(argv[3], NULL, 10), (int)strtol(argv[4], NULL, 10));
	else
		die("usage: policy-parts decide | ledger DIR | past DIR COPIES WEEKS");
	return 0;
}
