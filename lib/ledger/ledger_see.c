/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records a look at the targets, and finds what is known of their sessions. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <sqlite3.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/name_index.h"
#include "lib/ledger/ledger.h"
#include "lib/ledger/ledger_clock.h"
#include "lib/ledger/ledger_file.h"
#include "lib/ledger/ledger_history.h"
#include "lib/ledger/ledger_warnings.h"
#include "lib/policy/policy.h"
#include "lib/session/session.h"

/* A target as it was at the last look. */
struct place {
	bool known;
	int64_t id, look, looked_at, ahead;
};

/* A session as it was recorded. */
struct memory {
	int64_t row;
	struct session identity;
	int64_t first_look, state, state_since, snoozed_until, cpu_time, cpu_at, snoozes, connected;
	size_t at; /* its number in the snapshot; SIZE_MAX: it is no longer there */
};

/* One look at one target. */
struct seeing {
	struct ledger *ledger;
	struct ledger_look *look;
	int64_t now;
	bool writes;
	bool apart; /* after the last look: this one counts */
	struct place place;
	struct arena arena;
	struct memory *memories;
	size_t count, allocated;
	struct name_index index; /* of the memories, by key_of() */
	struct error *error;
	int64_t *rows; /* of table session, one for each session of the snapshot; 0: it is not recorded */
};

static int place_read(struct seeing *seeing)
{
	struct place *place = &seeing->place;
	sqlite3_stmt *statement = ledger_ask(seeing->ledger, QUERY_TARGET, seeing->error, "s", seeing->look->url);
	int result = statement != NULL ? ledger_row(seeing->ledger, statement, seeing->error) : -1;

	*place = (struct place){.known = result > 0};
	if (result <= 0)
		return result;
	place->id = sqlite3_column_int64(statement, 0);
	place->look = sqlite3_column_int64(statement, 1);
	place->looked_at = sqlite3_column_int64(statement, 2);
	place->ahead = sqlite3_column_int64(statement, 3);
	sqlite3_reset(statement);
	return 0;
}

/* Records the look, and numbers it. */
static int place_write(struct seeing *seeing)
{
	const struct snapshot *snapshot = seeing->look->snapshot;
	struct place *place = &seeing->place;
	int64_t ahead = snapshot->now - snapshot->taken_at;
	int result;

	seeing->apart = !place->known || seeing->now >= place->looked_at + LOOKS_APART || seeing->look->clock_unsteady;
	if (!seeing->apart)
		return 0;
	place->look++;
	if (!seeing->writes)
		return 0;
	if (place->known)
		return ledger_do(seeing->ledger, QUERY_TARGET_SET, seeing->error, "iiii", place->id, place->look,
		                 seeing->now, ahead);
	result = ledger_do(seeing->ledger, QUERY_TARGET_ADD, seeing->error, "siii", seeing->look->url, place->look,
	                   seeing->now, ahead);
	place->id = sqlite3_last_insert_rowid(seeing->ledger->db);
	return result;
}

/* By hand: printf() was a fifth of a look at which nothing had changed. */
static const char *key_of(struct arena *arena, const struct session *session)
{
	const char *const parts[] = {session->provider, session->host, session->id, session->user, session->birth};
	size_t lengths[sizeof parts / sizeof *parts], length = 0;
	char *key, *end;

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		length += (lengths[i] = strlen(parts[i])) + 1;
	key = end = arena_alloc(arena, length);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		memcpy(end, parts[i], lengths[i]);
		end[lengths[i]] = '\n';
		end += lengths[i] + 1;
	}
	end[-1] = '\0';
	return key;
}

static const char *column(struct seeing *seeing, sqlite3_stmt *statement, int number)
{
	const char *text = (const char *)sqlite3_column_text(statement, number);

	return arena_strdup(&seeing->arena, text != NULL ? text : "");
}

static void memory_add(struct seeing *seeing, sqlite3_stmt *statement)
{
	struct memory *memory;
	const char *key;

	seeing->memories =
	    arena_grow(&seeing->arena, seeing->memories, seeing->count, &seeing->allocated, sizeof *seeing->memories);
	memory = &seeing->memories[seeing->count];
	session_init(&memory->identity);
	memory->row = sqlite3_column_int64(statement, 0);
	memory->identity.provider = column(seeing, statement, 1);
	memory->identity.host = column(seeing, statement, 2);
	memory->identity.id = column(seeing, statement, 3);
	memory->identity.user = column(seeing, statement, 4);
	memory->identity.birth = column(seeing, statement, 5);
	memory->first_look = sqlite3_column_int64(statement, 6);
	memory->state = sqlite3_column_int64(statement, 7);
	memory->state_since = sqlite3_column_int64(statement, 8);
	memory->snoozed_until = sqlite3_column_int64(statement, 9);
	memory->cpu_time = sqlite3_column_int64(statement, 10);
	memory->cpu_at = sqlite3_column_int64(statement, 11);
	memory->snoozes = sqlite3_column_int64(statement, 12);
	memory->connected = sqlite3_column_int64(statement, 13);
	memory->at = SIZE_MAX;
	key = key_of(&seeing->arena, &memory->identity);
	/* Of two identities that differ only in case the first is found; the other is new at each look. */
	if (name_index_add(&seeing->index, key) == seeing->count)
		seeing->count++;
}

static int memories_read(struct seeing *seeing)
{
	sqlite3_stmt *statement;
	int result;

	if (!seeing->place.known)
		return 0;
	statement = ledger_ask(seeing->ledger, QUERY_SESSIONS, seeing->error, "i", seeing->place.id);
	if (statement == NULL)
		return -1;
	while ((result = ledger_row(seeing->ledger, statement, seeing->error)) > 0)
		memory_add(seeing, statement);
	return result;
}

/* After a clock was set our times have no meaning: every session counts as seen for the first time, and earlier
 * warnings may have been given at any time. */
static int memories_renew(struct seeing *seeing)
{
	if (!seeing->look->clock_unsteady)
		return 0;
	for (size_t i = 0; i < seeing->count; i++) {
		seeing->memories[i].first_look = seeing->place.look;
		seeing->memories[i].state_since = seeing->now;
		seeing->memories[i].snoozed_until = 0;
		seeing->memories[i].cpu_time = -1;
	}
	if (!seeing->writes || !seeing->place.known)
		return 0;
	if (ledger_do(seeing->ledger, QUERY_WARNINGS_FORGET, seeing->error, "i", seeing->place.id) < 0)
		return -1;
	return ledger_do(seeing->ledger, QUERY_SESSIONS_RENEW, seeing->error, "iii", seeing->place.id,
	                 seeing->place.look, seeing->now);
}

static int64_t cpu_time(const struct session *session)
{
	return session->cpu_time.known ? session->cpu_time.length : -1;
}

static int64_t connect_time(const struct session *session)
{
	return session->connect_time.is == MOMENT_KNOWN ? session->connect_time.at : -1;
}

static int session_add(struct seeing *seeing, size_t number)
{
	const struct session *session = &seeing->look->snapshot->sessions[number];
	int result;

	if (!seeing->writes)
		return 0;
	result =
	    ledger_do(seeing->ledger, QUERY_SESSION_ADD, seeing->error, "isssssiiiii", seeing->place.id,
	              session->provider, session->host, session->id, session->user, session->birth, seeing->place.look,
	              (int64_t)session->state, seeing->now, cpu_time(session), connect_time(session));
	if (result == 0 && sqlite3_changes(seeing->ledger->db) == 1)
		seeing->rows[number] = sqlite3_last_insert_rowid(seeing->ledger->db);
	return result;
}

/* CPU time that its programs used since it was last read.  If the sum fell, it is another sum, and this is unknown. */
static void cpu_see(const struct seeing *seeing, const struct memory *memory, const struct session *session,
                    struct policy_history *history)
{
	int64_t over = seeing->now - memory->cpu_at, used = session->cpu_time.length - memory->cpu_time;

	if (!session->cpu_time.known || memory->cpu_time < 0 || over < LOOKS_APART || used < 0)
		return;
	history->cpu_used = (struct span){true, used};
	history->cpu_over = over;
}

static int cpu_write(struct seeing *seeing, const struct memory *memory, const struct session *session)
{
	if (!seeing->writes || !seeing->apart || (!session->cpu_time.known && memory->cpu_time < 0))
		return 0;
	return ledger_do(seeing->ledger, QUERY_SESSION_CPU, seeing->error, "iii", memory->row, cpu_time(session),
	                 seeing->now);
}

/* Since when the session is in its state.  A client may have connected and gone between two looks; the state is then
 * the same, and only the time of the connection shows it. */
static int state_see(struct seeing *seeing, struct memory *memory, const struct session *session)
{
	const int64_t connected = connect_time(session), later = connected - memory->connected;
	const bool reconnected = connected >= 0 && (later > BEGAN_JITTER || later < -BEGAN_JITTER);

	if (memory->state == (int64_t)session->state && !reconnected)
		return 0;
	/* A time that was unknown before is no new connection. */
	if (memory->state != (int64_t)session->state || memory->connected >= 0)
		memory->state_since = seeing->now;
	memory->state = session->state;
	memory->connected = connected >= 0 ? connected : memory->connected;
	return seeing->writes ? ledger_do(seeing->ledger, QUERY_SESSION_STATE, seeing->error, "iiii", memory->row,
	                                  memory->state, memory->state_since, memory->connected)
	                      : 0;
}

static int session_see(struct seeing *seeing, size_t number)
{
	const struct session *session = &seeing->look->snapshot->sessions[number];
	struct policy_history *history = &seeing->look->histories[number];
	struct memory *memory = NULL;
	size_t found = NAME_NONE;

	*history = (struct policy_history){.looks = 1, .state_since = moment_at(seeing->now)};
	if (session->birth[0] == '\0')
		return 0;
	found = name_index_find(&seeing->index, key_of(&seeing->arena, session));
	if (found == NAME_NONE)
		return session_add(seeing, number);
	memory = &seeing->memories[found];
	/* Only its case differs, or the list has it twice: our record may be of the other one. */
	if (!session_same_identity(&memory->identity, session) || memory->at != SIZE_MAX)
		return 0;
	memory->at = number;
	seeing->rows[number] = memory->row;
	if (state_see(seeing, memory, session) < 0)
		return -1;
	/* One whose first look is yet to come is new. */
	if (memory->first_look <= seeing->place.look)
		history->looks = (unsigned)(seeing->place.look - memory->first_look + 1);
	history->state_since = moment_at(memory->state_since);
	history->snoozed_until = memory->snoozed_until;
	history->snoozes = (unsigned)memory->snoozes;
	cpu_see(seeing, memory, session, history);
	return cpu_write(seeing, memory, session);
}

/* An incomplete list does not show that a session has ended. */
static int forget_gone(struct seeing *seeing)
{
	if (!seeing->writes || !seeing->look->snapshot->complete)
		return 0;
	for (size_t i = 0; i < seeing->count; i++)
		if (seeing->memories[i].at == SIZE_MAX &&
		    ledger_do(seeing->ledger, QUERY_SESSION_GONE, seeing->error, "i", seeing->memories[i].row) < 0)
			return -1;
	return 0;
}

static int warnings_fill(struct seeing *seeing)
{
	const struct warnings_look look = {
	    .ledger = seeing->ledger,
	    .target = seeing->place.id,
	    .rows = seeing->rows,
	    .histories = seeing->look->histories,
	    .count = seeing->look->snapshot->count,
	    .arena = &seeing->arena,
	    .error = seeing->error,
	};

	/* After a clock was set: memories_renew(). */
	return seeing->count == 0 || seeing->look->clock_unsteady ? 0 : warnings_read(&look);
}

static int history_write(struct seeing *seeing, int64_t before)
{
	const struct history_look look = {
	    .ledger = seeing->ledger,
	    .snapshot = seeing->look->snapshot,
	    .rows = seeing->rows,
	    .target = seeing->place.id,
	    .before = before,
	    .now = seeing->now,
	    .unsteady = seeing->look->clock_unsteady,
	    .arena = &seeing->arena,
	    .error = seeing->error,
	};

	return seeing->writes ? history_see(&look) : 0;
}

static int place_see(struct seeing *seeing, bool own_moved)
{
	const struct snapshot *snapshot = seeing->look->snapshot;

	seeing->index.arena = &seeing->arena;
	seeing->rows = arena_alloc(&seeing->arena, snapshot->count * sizeof *seeing->rows);
	if (place_read(seeing) < 0)
		return -1;
	seeing->look->clock_unsteady =
	    seeing->place.known && (own_moved || clock_moved(snapshot->now - snapshot->taken_at - seeing->place.ahead));
	if (memories_read(seeing) < 0 || place_write(seeing) < 0 || memories_renew(seeing) < 0)
		return -1;
	for (size_t i = 0; i < snapshot->count; i++)
		if (session_see(seeing, i) < 0)
			return -1;
	if (forget_gone(seeing) < 0 || history_write(seeing, seeing->place.looked_at) < 0)
		return -1;
	return warnings_fill(seeing);
}

/* A target is deleted with its history, so not before its history may be. */
static int targets_forget(struct ledger *ledger, int64_t now, struct error *error)
{
	const int64_t least = (int64_t)FORGET_DAYS * 24 * 60 * 60 * 1000;

	return ledger_do(ledger, QUERY_TARGET_FORGET, error, "i", now - (ledger->keep > least ? ledger->keep : least));
}

static int see_all(struct ledger *ledger, struct ledger_look *looks, size_t count, const struct ledger_clock *now,
                   bool writes, struct error *error)
{
	int moved_by = own_clock_moved(ledger, now, error);
	int result = moved_by < 0 ? -1 : 0;

	for (size_t i = 0; i < count && result == 0; i++) {
		struct seeing seeing = {
		    .ledger = ledger, .look = &looks[i], .now = now->wall, .writes = writes, .error = error};

		result = place_see(&seeing, moved_by > 0);
		arena_free(&seeing.arena);
	}
	if (result < 0 || !writes)
		return result;
	if (targets_forget(ledger, now->wall, error) < 0 || history_prune(ledger, now->wall - ledger->keep, error) < 0)
		return -1;
	return ledger_do(ledger, QUERY_CLOCK_SET, error, "iis", now->wall, now->uptime, now->boot);
}

/* Without a file every session is seen for the first time. */
static void see_nothing(struct ledger_look *looks, size_t count, int64_t now)
{
	for (size_t i = 0; i < count; i++) {
		looks[i].clock_unsteady = false;
		for (size_t j = 0; j < looks[i].snapshot->count; j++)
			looks[i].histories[j] = (struct policy_history){.looks = 1, .state_since = moment_at(now)};
	}
}

int ledger_see(struct ledger *ledger, struct ledger_look *looks, size_t count, const struct ledger_clock *now,
               struct error *error)
{
	if (ledger->db == NULL) {
		see_nothing(looks, count, now->wall);
		return 0;
	}
	if (ledger->use == LEDGER_READ)
		return see_all(ledger, looks, count, now, false, error);
	if (ledger_do(ledger, QUERY_BEGIN, error, "") < 0)
		return -1;
	if (see_all(ledger, looks, count, now, true, error) == 0 && ledger_do(ledger, QUERY_COMMIT, error, "") == 0)
		return 0;
	ledger_do(ledger, QUERY_ROLLBACK, &(struct error){0}, "");
	return -1;
}
