/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/logind/logind.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-login.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/child/pidfd.h"
#include "lib/session/session.h"
#include "lib/target/target.h"
#include "providers/linux/memory.h"
#include "providers/linux/own.h"
#include "providers/linux/process.h"
#include "providers/logind/act.h"
#include "providers/logind/bus.h"
#include "providers/logind/login.h"
#include "providers/logind/members.h"
#include "providers/logind/row.h"
#include "providers/logind/terminal.h"
#include "providers/logind/utmp.h"

struct connection {
	sd_bus *bus; /* NULL: no logind here, utmp is read */
	char host[256];
	char boot[BOOT_ID_SIZE];
	struct ancestry ancestry;
	struct arena arena; /* own_ids */
	struct string_list own_ids;
	struct arena listed_arena; /* what the last list found */
	struct login *listed;
	size_t listed_count;
};

struct pin {
	struct connection *connection;
	struct arena arena;
	struct login login; /* as it was when pinned */
	int process;        /* pidfd of its leader, or -1 */
};

/* The logind sessions that we or our ancestors belong to. */
static void read_own_ids(struct connection *connection)
{
	for (size_t i = 0; i < connection->ancestry.count; i++) {
		char *id;

		if (sd_pid_get_session(connection->ancestry.pids[i], &id) < 0)
			continue;
		string_list_add(&connection->own_ids, &connection->arena, arena_strdup(&connection->arena, id));
		free(id);
	}
}

static bool is_own(const struct connection *connection, const struct login *login)
{
	if (account_own(login->uid) || ancestry_has(&connection->ancestry, (pid_t)login->leader) ||
	    ancestry_on_terminal(&connection->ancestry, terminal_device(login->line)))
		return true;
	for (size_t i = 0; connection->bus != NULL && i < connection->own_ids.count; i++)
		if (strcmp(connection->own_ids.items[i], login->id) == 0)
			return true;
	return false;
}

static int logind_open(const struct target *target, const struct deadline *deadline, struct trail *trail,
                       struct connection **connection, struct error *error)
{
	struct connection *new;
	sd_bus *bus = NULL;
	int found;

	if (target->address[0] != '\0') {
		error_set(error, ERROR_USAGE, STEP_OPEN, "%s: only this machine's logins can be read", target->url);
		return error_hint(error, "write \"logind:\", and run it on the other machine (NRPE, ssh)");
	}
	found = bus_open(&bus, deadline, error);
	if (found < 0)
		return -1;
	if (found == 0 && !utmp_present()) {
		error_set(error, ERROR_UNSUPPORTED, STEP_OPEN, "neither logind on the system bus nor a utmp file here");
		return error_hint(error, "logins are recorded by systemd-logind, elogind or utmp; start one of them");
	}
	trail_mark(trail, STEP_OPEN);
	new = must_alloc(sizeof *new);
	new->bus = bus;
	if (gethostname(new->host, sizeof new->host - 1) != 0)
		text_copy(new->host, sizeof new->host, "localhost");
	boot_id_read(new->boot, sizeof new->boot);
	ancestry_read(&new->ancestry);
	if (bus != NULL)
		read_own_ids(new);
	*connection = new;
	return 0;
}

/* Adds what the source does not report: birth (ids start again at each boot, and one may be used twice; the time in
 * microseconds is unique), other terminals, and whether it is ours.  False if the processes cannot be read. */
static bool complete_login(const struct connection *connection, struct login *login, struct arena *arena)
{
	bool seen = true;

	if (connection->bus != NULL) {
		if (login->logon != 0 && connection->boot[0] != '\0')
			login->birth =
			    arena_printf(arena, "logind:%s:%llu", connection->boot, (unsigned long long)login->logon);
		seen = login->leader == 0 || login_read_terminals(login, arena) == 0;
	}
	login->own = is_own(connection, login);
	return seen;
}

static void notice_gaps(struct snapshot *snapshot, bool whole, size_t unseen, size_t stale)
{
	if (!whole) {
		snapshot->complete = false;
		snapshot_notice(snapshot, "logind did not tell about every session it named");
	}
	if (unseen > 0)
		snapshot_notice(snapshot,
		                "of %zu session(s) the processes could not be read: for their idle time only the "
		                "terminal that logind names counts",
		                unseen);
	if (stale > 0)
		snapshot_notice(snapshot,
		                "%zu stale utmp record(s) passed over: that user is not on that terminal any more",
		                stale);
}

/* Adds the CPU time and inhibitors, as far as they are known; they only ever protect.  If logind has no list of
 * inhibitors, it is unknown whether a program is busy. */
static void read_work(struct connection *connection, const struct deadline *deadline, struct snapshot *snapshot)
{
	struct error error = {0};

	if (connection->bus == NULL)
		return;
	if (bus_inhibitors(connection->bus, deadline, connection->listed, connection->listed_count, &error) < 0) {
		snapshot_notice(snapshot, "unknown whose programs are at work: %s", error.text);
		return;
	}
	for (size_t i = 0; i < connection->listed_count && !deadline_passed(deadline); i++)
		login_read_work(&connection->listed[i]);
}

static int read_logins(struct connection *connection, const struct deadline *deadline, struct snapshot *snapshot,
                       struct error *error)
{
	struct arena *arena = &connection->listed_arena;
	size_t unseen = 0, stale = 0;
	bool whole = true;
	int result;

	arena_free(arena);
	connection->listed_count = 0;
	if (connection->bus != NULL)
		result = bus_list(connection->bus, deadline, arena, &connection->listed, &connection->listed_count,
		                  &whole, error);
	else
		result = utmp_list(arena, &connection->listed, &connection->listed_count, &stale, error);
	if (result != 0)
		return -1;
	for (size_t i = 0; i < connection->listed_count; i++) {
		struct login *login = &connection->listed[i];

		if (deadline_passed(deadline))
			return error_set(error, ERROR_TIMEOUT, STEP_LIST,
			                 "reading the sessions' processes took too long");
		if (!complete_login(connection, login, arena) && strncmp(login->class, "user", 4) == 0 &&
		    strcmp(login->state, "closing") != 0)
			unseen++;
	}
	if (connection->bus == NULL)
		snapshot_notice(snapshot, "logind does not run here: read from utmp, which knows terminals only");
	notice_gaps(snapshot, whole, unseen, stale);
	read_work(connection, deadline, snapshot);
	return 0;
}

static int logind_list(struct connection *connection, const struct deadline *deadline, struct trail *trail,
                       struct snapshot *snapshot, struct error *error)
{
	snapshot->provider = arena_strdup(&snapshot->arena, logind_provider.scheme);
	snapshot->host = arena_strdup(&snapshot->arena, connection->host);
	if (read_logins(connection, deadline, snapshot, error) != 0)
		return -1;
	snapshot->now = snapshot->taken_at = clock_now();
	memory_fill(snapshot);
	for (size_t i = 0; i < connection->listed_count; i++)
		login_to_session(&connection->listed[i], snapshot->now, snapshot_add(snapshot), &snapshot->arena);
	trail_mark(trail, STEP_LIST);
	return 0;
}

static int find_in_utmp(const char *id, enum step step, struct arena *arena, struct login *login, struct error *error)
{
	struct login *logins;
	size_t count, stale;

	if (utmp_list(arena, &logins, &count, &stale, error) != 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (strcmp(logins[i].id, id) == 0) {
			*login = logins[i];
			return 0;
		}
	return error_set(error, ERROR_GONE, step, "utmp has no live login of that id");
}

static int find_login(struct connection *connection, const char *id, enum step step, const struct deadline *deadline,
                      struct arena *arena, struct login *login, struct error *error)
{
	int result;

	if (connection->bus != NULL)
		result = bus_find(connection->bus, id, step, deadline, arena, login, error);
	else
		result = find_in_utmp(id, step, arena, login, error);
	if (result == 0)
		complete_login(connection, login, arena);
	return result;
}

static bool same_login(const struct login *a, const struct login *b)
{
	return a->birth[0] != '\0' && strcmp(a->birth, b->birth) == 0 && strcmp(a->name, b->name) == 0 &&
	       a->uid == b->uid && a->leader == b->leader;
}

/* If logind was started or stopped since the list, an id that is not found proves nothing. */
static bool other_source(const struct connection *connection, const char *birth)
{
	const char *source = connection->bus != NULL ? "logind:" : "utmp:";

	return birth[0] != '\0' && strncmp(birth, source, strlen(source)) != 0;
}

static void logind_unpin(struct pin *pin)
{
	if (pin == NULL)
		return;
	if (pin->process >= 0)
		close(pin->process);
	arena_free(&pin->arena);
	free(pin);
}

/* Reads, holds the leader, and reads again: equal births mean that the held leader is that session's. */
static int hold_login(struct pin *pin, const char *id, const struct deadline *deadline, struct error *error)
{
	struct login before;

	if (find_login(pin->connection, id, STEP_PIN, deadline, &pin->arena, &before, error) != 0)
		return -1;
	if (before.leader != 0)
		pin->process = pidfd_of((pid_t)before.leader);
	if (find_login(pin->connection, id, STEP_PIN, deadline, &pin->arena, &pin->login, error) != 0)
		return -1;
	if (strcmp(before.birth, pin->login.birth) != 0 || before.leader != pin->login.leader)
		return error_set(error, ERROR_CHANGED, STEP_PIN, "the session changed while it was read");
	return 0;
}

static int logind_pin(struct connection *connection, const struct session *wanted, const struct deadline *deadline,
                      struct pin **pin, struct session *now, int64_t *host_now, struct arena *arena,
                      struct error *error)
{
	struct pin *new;

	if (other_source(connection, wanted->birth))
		return error_set(error, ERROR_CHANGED, STEP_PIN,
		                 "logind was started or stopped since the session was listed");
	new = must_alloc(sizeof *new);
	new->connection = connection;
	new->process = -1;
	if (hold_login(new, wanted->id, deadline, error) != 0) {
		logind_unpin(new);
		return -1;
	}
	*host_now = clock_now();
	session_init(now);
	now->provider = logind_provider.scheme;
	now->host = arena_strdup(arena, connection->host);
	login_to_session(&new->login, *host_now, now, arena);
	*pin = new;
	return 0;
}

static int logind_act(struct pin *pin, const struct action *action, const struct deadline *deadline,
                      struct outcome *outcome, struct error *error)
{
	struct arena arena = {0};
	struct login now;
	int found;
	bool same;

	memset(outcome, 0, sizeof *outcome);
	if (action->act == ACT_DISCONNECT) {
		error_set(error, ERROR_UNSUPPORTED, STEP_ACT,
		          "a login cannot be disconnected: it ends with its client");
		return error_hint(error, "log it off instead (logoff_sessions)");
	}
	found = find_login(pin->connection, pin->login.id, STEP_ACT, deadline, &arena, &now, error);
	same = found == 0 && same_login(&pin->login, &now);
	arena_free(&arena);
	if (found != 0 && error->code == ERROR_GONE) {
		error_clear(error);
		outcome->code = OUTCOME_GONE;
		return 0;
	}
	if (found != 0)
		return -1;
	if (!same)
		return error_set(error, ERROR_CHANGED, STEP_ACT, "the id belongs to another session now");
	if (action->act == ACT_MESSAGE)
		return login_message(&pin->login, pin->connection->host, action, deadline, outcome, error);
	return pin->connection->bus != NULL ? login_end(&pin->login, pin->connection->bus, deadline, outcome, error)
	                                    : login_hang_up(&pin->login, pin->process, action->force, outcome, error);
}

static void logind_close(struct connection *connection)
{
	if (connection == NULL)
		return;
	sd_bus_close_unref(connection->bus);
	arena_free(&connection->arena);
	arena_free(&connection->listed_arena);
	free(connection);
}

pid_t logind_leader(const struct connection *connection, const char *id)
{
	for (size_t i = 0; i < connection->listed_count; i++)
		if (strcmp(connection->listed[i].id, id) == 0)
			return (pid_t)connection->listed[i].leader;
	return 0;
}

const struct provider logind_provider = {
    LOGIND_ROW,        .open = logind_open,   .list = logind_list,   .pin = logind_pin,
    .act = logind_act, .unpin = logind_unpin, .close = logind_close,
};
