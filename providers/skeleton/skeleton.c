/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A provider to copy (doc/design/provider-guide.md walks through it).
 *
 * Its session system is the table below: replace that by yours, keep the rest.
 * It is built by "make check" and passes the conformance test, so that what you
 * start from is known to work.
 */
#include "providers/skeleton/skeleton.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/session/session.h"
#include "lib/target/target.h"
#include "providers/skeleton/row.h"

/* What a real provider asks its back end for. */
struct entry {
	const char *id, *user;
	int64_t logon, last_input; /* ms since the epoch; 0: the back end does not know */
	bool here;
};

static struct entry table[] = {
    {"1", "alice", 1767225600000, 1767229200000, true},
    {"2", "Zoë", 1767226000000, 0, true},
};
enum { TABLE_SIZE = sizeof table / sizeof *table };

/* One host being talked to.  Nothing of it is static: many can be open at once. */
struct connection {
	char *host;
};

/* One session held.  Remember what tells it from a later one with the same id. */
struct pin {
	struct entry *entry;
	int64_t logon;
};

static int skeleton_open(const struct target *target, const struct deadline *deadline, struct trail *trail,
                         struct connection **to, struct error *error)
{
	struct connection *connection;

	/* The target's address is yours to read: a host, a path, nothing. */
	if (target->address[0] == '\0')
		return error_set(error, ERROR_USAGE, STEP_RESOLVE, "%s names no host", target->url);
	/* Everything that may take long ends by the deadline. */
	if (deadline_passed(deadline))
		return error_set(error, ERROR_TIMEOUT, STEP_CONNECT, "%s did not answer in time", target->address);
	connection = must_alloc(sizeof *connection);
	connection->host = must_strdup(target->address);
	/* Mark each step as it is done, for --diagnose. */
	trail_mark(trail, STEP_CONNECT);
	*to = connection;
	return 0;
}

static void skeleton_close(struct connection *connection)
{
	if (connection == NULL)
		return;
	free(connection->host);
	free(connection);
}

/* One session, as much as is known of it and no more: what is not set here stays unknown.
   Texts that come from a back end go through text_clean(): they may be anything. */
static void session_fill(struct session *session, const struct connection *connection, const struct entry *entry,
                         struct arena *arena)
{
	session->provider = skeleton_provider.scheme;
	session->host = arena_strdup(arena, connection->host);
	session->id = arena_strdup(arena, entry->id);
	session->user = text_clean(arena, entry->user, strlen(entry->user), 1024);
	session->state = STATE_ACTIVE;
	session->class = CLASS_USER;
	session->kind = KIND_DESKTOP;
	session->own = FLAG_NO;
	session->logon_time = moment_at(entry->logon);
	session->connect_time = moment_at(entry->logon);
	session->disconnect_time.is = MOMENT_NEVER;
	if (entry->last_input != 0)
		session->last_input = moment_at(entry->last_input);
	/* Exact, and never that of a later session with this id.  A time in whole
	   seconds would not do; if there is nothing better, leave it "". */
	session->birth = arena_printf(arena, "%lld", (long long)entry->logon);
}

static int skeleton_list(struct connection *connection, const struct deadline *deadline, struct trail *trail,
                         struct snapshot *snapshot, struct error *error)
{
	if (deadline_passed(deadline))
		return error_set(error, ERROR_TIMEOUT, STEP_LIST, "%s did not answer in time", connection->host);
	snapshot->provider = skeleton_provider.scheme;
	snapshot->host = arena_strdup(&snapshot->arena, connection->host);
	/* The host's clock if it can be had, and ours at the same moment. */
	snapshot->now = snapshot->taken_at = clock_now();
	for (size_t i = 0; i < TABLE_SIZE; i++)
		if (table[i].here)
			session_fill(snapshot_add(snapshot), connection, &table[i], &snapshot->arena);
	/* What could not be seen is said: snapshot->complete = false, snapshot_notice(…). */
	trail_mark(trail, STEP_LIST);
	return 0;
}

static struct entry *entry_find(const char *id)
{
	for (size_t i = 0; i < TABLE_SIZE; i++)
		if (table[i].here && text_same(table[i].id, id))
			return &table[i];
	return NULL;
}

/* Reads the one session again.  Do not compare it with what was wanted: the caller does. */
static int skeleton_pin(struct connection *connection, const struct session *wanted, const struct deadline *deadline,
                        struct pin **to, struct session *now, int64_t *host_now, struct arena *arena,
                        struct error *error)
{
	struct entry *entry = entry_find(wanted->id);
	struct pin *pin;

	(void)deadline;
	/* "Gone" only if the back end says so about this id; anything else is another error. */
	if (entry == NULL)
		return error_set(error, ERROR_GONE, STEP_PIN, "%s has no session %s", connection->host, wanted->id);
	pin = must_alloc(sizeof *pin);
	pin->entry = entry;
	pin->logon = entry->logon;
	session_init(now);
	session_fill(now, connection, entry, arena);
	*host_now = clock_now();
	*to = pin;
	return 0;
}

/* Does it to the pinned session, once, or says why not. */
static int skeleton_act(struct pin *pin, const struct action *action, const struct deadline *deadline,
                        struct outcome *outcome, struct error *error)
{
	(void)deadline;
	memset(outcome, 0, sizeof *outcome);
	if (action->act != ACT_LOGOFF)
		return error_set(error, ERROR_UNSUPPORTED, STEP_ACT, "skeleton sessions can only be logged off");
	if (pin->entry->logon != pin->logon)
		return error_set(error, ERROR_CHANGED, STEP_ACT, "session %s is another one now", pin->entry->id);
	outcome->code = pin->entry->here ? OUTCOME_DONE : OUTCOME_GONE;
	pin->entry->here = false;
	return 0;
}

static void skeleton_unpin(struct pin *pin)
{
	free(pin);
}

const struct provider skeleton_provider = {
    SKELETON_ROW("skeleton"), .open = skeleton_open,   .list = skeleton_list,   .pin = skeleton_pin,
    .act = skeleton_act,      .unpin = skeleton_unpin, .close = skeleton_close, .list_many = NULL,
};
