/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes the lives of sessions, a row each, and their episodes: used, idle or disconnected, and since when.  An episode
 * lasts until the next one begins, so nothing is written while a session stays as it is: a day of typing is one row.
 *
 * What happened between two looks is unknown.  A session that was idle or disconnected and is used at the next look
 * counts as used since the look before: only time that was seen to be idle counts as idle.
 */
#include "lib/ledger/ledger_history.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/judge/classify.h"
#include "lib/ledger/history.h"
#include "lib/ledger/ledger_file.h"
#include "lib/session/session.h"

/* Two reported times of an input or a disconnect that differ by less are of the same one. */
enum { SAME_TIME = 60 * 1000 }; /* ms */

struct use {
	enum usage usage;
	int64_t since; /* our clock */
};

/* A session that was there at the last look. */
struct open_life {
	int64_t id, session;
	struct use use;
	bool met;
};

static struct use use_of(const struct history_look *look, const struct session *session)
{
	const struct classification as = classify(session, look->snapshot->now, HISTORY_IDLE, COUNT_USERS);
	struct use use = {as.usage, look->now};

	if (look->unsteady)
		return use;
	if (as.usage == USAGE_IDLE)
		use.since = look->now - as.idle.length;
	else if (as.usage == USAGE_DISCONNECTED && as.disconnected.known)
		use.since = look->now - as.disconnected.length;
	return use;
}

static bool has_begun(enum usage usage)
{
	return usage == USAGE_IDLE || usage == USAGE_DISCONNECTED;
}

/* The memory use that its system reports as a fact; -1: unknown. */
static int64_t memory_of(const struct session *session)
{
	static const char name[] = "memory=";
	unsigned long long bytes;

	for (size_t i = 0; i < session->facts.count; i++)
		if (strncmp(session->facts.items[i], name, strlen(name)) == 0 &&
		    number_parse(session->facts.items[i] + strlen(name), INT64_MAX, &bytes) == 0)
			return (int64_t)bytes;
	return -1;
}

static int episode_add(const struct history_look *look, int64_t life, struct use use)
{
	return ledger_do(look->ledger, QUERY_EPISODE_ADD, look->error, "iii", life, use.since, (int64_t)use.usage);
}

/* Its logon on our clock; -1: unknown. */
static int64_t logon_of(const struct history_look *look, const struct session *session)
{
	int64_t host_now = look->snapshot->now + session->clock_ahead;

	return session->logon_time.is == MOMENT_KNOWN ? look->now - host_now + session->logon_time.at : -1;
}

static int life_begin(const struct history_look *look, size_t number)
{
	const struct session *session = &look->snapshot->sessions[number];
	struct use use = use_of(look, session);

	if (ledger_do(look->ledger, QUERY_LIFE_ADD, look->error, "iisssssssssiiiii", look->target, look->rows[number],
	              session->provider, session->host, session->id, session->user, session->birth, session->domain,
	              session->client_name, session->client_address, session->collection, (int64_t)session->kind,
	              logon_of(look, session), memory_of(session), (int64_t)use.usage, use.since) < 0)
		return -1;
	return episode_add(look, sqlite3_last_insert_rowid(look->ledger->db), use);
}

static int change(const struct history_look *look, struct open_life *life, const struct session *session,
                  struct use use)
{
	if (use.since <= life->use.since)
		use.since = life->use.since + 1;
	life->use = use;
	if (episode_add(look, life->id, use) < 0)
		return -1;
	return ledger_do(look->ledger, QUERY_LIFE_USE, look->error, "iiii", life->id, (int64_t)use.usage, use.since,
	                 memory_of(session));
}

static int life_go_on(const struct history_look *look, struct open_life *life, size_t number)
{
	const struct session *session = &look->snapshot->sessions[number];
	const struct use was = life->use, use = use_of(look, session);
	bool again = has_begun(was.usage) && has_begun(use.usage) && use.since > was.since + SAME_TIME;

	life->met = true;
	if (use.usage == was.usage && !(again && !look->unsteady))
		return 0;
	/* True if it was used in between: there was input, or a client. */
	if (again && (use.usage == was.usage || was.usage == USAGE_DISCONNECTED) &&
	    change(look, life, session, (struct use){USAGE_ACTIVE, look->before}) < 0)
		return -1;
	if (use.usage == USAGE_ACTIVE && has_begun(was.usage))
		return change(look, life, session, (struct use){USAGE_ACTIVE, look->before});
	return change(look, life, session, use);
}

static int compare_sessions(const void *a, const void *b)
{
	const struct open_life *x = a, *y = b;

	return (x->session > y->session) - (x->session < y->session);
}

/* In the order of their sessions. */
static int lives_read(const struct history_look *look, struct open_life **lives, size_t *count)
{
	sqlite3_stmt *statement = ledger_ask(look->ledger, QUERY_LIVES, look->error, "i", look->target);
	size_t allocated = 0;
	int result;

	*lives = NULL;
	*count = 0;
	if (statement == NULL)
		return -1;
	while ((result = ledger_row(look->ledger, statement, look->error)) > 0) {
		*lives = arena_grow(look->arena, *lives, *count, &allocated, sizeof **lives);
		(*lives)[(*count)++] = (struct open_life){
		    .id = sqlite3_column_int64(statement, 0),
		    .session = sqlite3_column_int64(statement, 1),
		    .use = {(enum usage)sqlite3_column_int64(statement, 2), sqlite3_column_int64(statement, 3)},
		};
	}
	return result;
}

static int session_follow(const struct history_look *look, struct open_life *lives, size_t count, size_t number)
{
	const struct session *session = &look->snapshot->sessions[number];
	const struct open_life wanted = {.session = look->rows[number]};
	struct open_life *life;

	if (wanted.session == 0 || session->class != CLASS_USER || session->user[0] == '\0')
		return 0;
	life = count > 0 ? bsearch(&wanted, lives, count, sizeof *lives, compare_sessions) : NULL;
	return life != NULL ? life_go_on(look, life, number) : life_begin(look, number);
}

int history_see(const struct history_look *look)
{
	struct open_life *lives;
	size_t count;

	if (lives_read(look, &lives, &count) < 0)
		return -1;
	for (size_t i = 0; i < look->snapshot->count; i++)
		if (session_follow(look, lives, count, i) < 0)
			return -1;
	/* An incomplete list does not show that a session has ended. */
	for (size_t i = 0; i < count && look->snapshot->complete; i++)
		if (!lives[i].met &&
		    ledger_do(look->ledger, QUERY_LIFE_END, look->error, "ii", lives[i].id,
		              look->before > lives[i].use.since ? look->before : lives[i].use.since) < 0)
			return -1;
	return 0;
}

int history_prune(struct ledger *ledger, int64_t before, struct error *error)
{
	return ledger_do(ledger, QUERY_LIFE_PRUNE, error, "i", before);
}
