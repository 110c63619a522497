/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The provider's functions, each of them an operation on one host.  To read on:
 * host.h (what an operation is), open.c, list.c, act.c; then what they stand on,
 * pipe.c (Samba's library) and wire.h (the calls' bodies); many.c is all of that
 * for many hosts at once.  doc/design/tsts.md has the table.
 */
#include "providers/tsts/tsts.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/session/session.h"
#include "providers/tsts/act.h"
#include "providers/tsts/fill.h"
#include "providers/tsts/host.h"
#include "providers/tsts/list.h"
#include "providers/tsts/row.h"

struct connection {
	const struct target *target; /* outlives the connection */
	struct engine *engine;
	struct host *host;
	bool stuck; /* a call was not answered; further calls on this connection may queue behind it */
};

struct pin {
	struct connection *connection;
	struct hold hold;
};

/* Closing a handle may fail: the host closes it when the connection ends. */
enum { CLOSE_TIME = 500 };

static void tsts_close(struct connection *connection)
{
	if (connection == NULL)
		return;
	engine_free(connection->engine);
	free(connection);
}

static int tsts_open(const struct target *target, const struct deadline *deadline, struct trail *trail,
                     struct connection **connection, struct error *error)
{
	struct connection *new = must_alloc(sizeof *new);

	new->target = target;
	new->engine = engine_new(NULL);
	if (new->engine == NULL)
		error_set(error, ERROR_SYSTEM, STEP_OPEN, "Samba's library could not be started");
	else
		new->host = host_new(new->engine, target, error);
	if (new->host != NULL) {
		host_open(new->host, deadline, trail);
		if (engine_run(new->engine, new->host, error) == 0) {
			*connection = new;
			return 0;
		}
	}
	tsts_close(new);
	return -1;
}

/* A new connection, in place of one on which a call was not answered. */
static int open_again(struct connection *connection, const struct deadline *deadline, struct error *error)
{
	struct host *host = host_new(connection->engine, connection->target, error);

	if (host == NULL)
		return -1;
	talloc_free(connection->host);
	connection->host = host;
	host_open(host, deadline, NULL);
	if (engine_run(connection->engine, host, error) != 0)
		return -1;
	connection->stuck = false;
	return 0;
}

static int tsts_list(struct connection *connection, const struct deadline *deadline, struct trail *trail,
                     struct snapshot *snapshot, struct error *error)
{
	if (connection->stuck && open_again(connection, deadline, error) != 0)
		return -1;
	list_begin(connection->host, snapshot, true, deadline, trail);
	return engine_run(connection->engine, connection->host, error);
}

static void tsts_unpin(struct pin *pin)
{
	struct deadline soon = deadline_in(CLOSE_TIME);
	struct error ignored = {0};

	if (pin == NULL)
		return;
	if (pin->hold.held) {
		hold_close(&pin->hold, &soon);
		if (engine_run(pin->connection->engine, pin->hold.host, &ignored) != 0)
			pin->connection->stuck = true;
	}
	arena_free(&pin->hold.arena);
	free(pin);
}

static int tsts_pin(struct connection *connection, const struct session *wanted, const struct deadline *deadline,
                    struct pin **pin, struct session *now, int64_t *host_time, struct arena *arena, struct error *error)
{
	unsigned long long id;
	struct pin *new;

	if (number_parse(wanted->id, UINT32_MAX, &id) != 0 || !session_of_user((uint32_t)id))
		return error_set(error, ERROR_GONE, STEP_PIN, "\"%.40s\" is the id of no user's session", wanted->id);
	if (connection->stuck && open_again(connection, deadline, error) != 0)
		return -1;
	new = must_alloc(sizeof *new);
	new->connection = connection;
	new->hold.host = connection->host;
	new->hold.id = (uint32_t)id;
	new->hold.wants_client = wanted->client_name[0] != '\0' || wanted->client_address[0] != '\0';
	hold_begin(&new->hold, deadline);
	if (engine_run(connection->engine, connection->host, error) != 0) {
		tsts_unpin(new);
		return -1;
	}
	session_init(now);
	now->provider = "tsts";
	now->host = arena_strdup(arena, connection->host->access.host);
	fill_session(now, (uint32_t)id, &new->hold.told, connection->host->clocked, &connection->host->access.account,
	             arena);
	if (new->hold.has_client)
		fill_client(now, &new->hold.client, arena);
	*host_time = host_now(connection->host);
	*pin = new;
	return 0;
}

static int tsts_act(struct pin *pin, const struct action *action, const struct deadline *deadline,
                    struct outcome *outcome, struct error *error)
{
	int result;

	act_begin(&pin->hold, action, deadline, outcome);
	result = engine_run(pin->connection->engine, pin->hold.host, error);
	TALLOC_FREE(pin->hold.looking);
	return result;
}

const struct provider tsts_provider = {
    TSTS_ROW,        .open = tsts_open,   .list = tsts_list,   .pin = tsts_pin,
    .act = tsts_act, .unpin = tsts_unpin, .close = tsts_close, .list_many = tsts_list_many,
};
