/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The broker lists, the session hosts act: a pin is one of the provider tsts on the host where
 * the session is.
 */
#include "providers/rds/rds.h"

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
#include "providers/http/http.h"
#include "providers/rds/broker.h"
#include "providers/rds/hosts.h"
#include "providers/rds/join.h"
#include "providers/rds/place.h"
#include "providers/rds/roster.h"
#include "providers/rds/row.h"
#include "providers/wsman/access.h"

struct connection {
	const struct target *target;
	struct http_loop *loop;
	struct broker broker;
	/* The host that is open; NULL: none. */
	struct connection *host;
	struct target host_target;
	const char *host_name;
	struct arena host_arena;
};

struct pin {
	struct connection *connection;
	struct pin *inner;
};

static void over(void *context)
{
	*(bool *)context = true;
}

static void host_close(struct connection *connection)
{
	if (connection->host != NULL)
		connection->host_target.provider->close(connection->host);
	connection->host = NULL;
	connection->host_name = NULL;
	arena_free(&connection->host_arena);
}

static void rds_close(struct connection *connection)
{
	if (connection == NULL)
		return;
	host_close(connection);
	http_loop_free(connection->loop);
	broker_free(&connection->broker);
	free(connection);
}

static int rds_open(const struct target *target, const struct deadline *deadline, struct trail *trail,
                    struct connection **to, struct error *error)
{
	struct connection *connection = must_alloc(sizeof *connection);
	bool opened = false;

	connection->target = target;
	connection->loop = http_loop_new(0);
	if (connection->loop == NULL)
		error_set(error, ERROR_SYSTEM, STEP_OPEN, "libcurl could not be started");
	else if (broker_prepare(&connection->broker, target, connection->loop, error) == 0) {
		broker_open(&connection->broker, deadline, trail, over, &opened);
		http_run(connection->loop, &opened);
		*error = connection->broker.error;
	}
	if (error->code == ERROR_NONE) {
		*to = connection;
		return 0;
	}
	rds_close(connection);
	return -1;
}

static int rds_list(struct connection *connection, const struct deadline *deadline, struct trail *trail,
                    struct snapshot *snapshot, struct error *error)
{
	struct broker *broker = &connection->broker;
	struct broker_list list = {connection->target, &broker->place, snapshot, NULL, NEED_EVERYTHING};
	bool *virtual = NULL;
	bool listed = false;

	broker_ask(broker, deadline, trail, over, &listed);
	http_run(connection->loop, &listed);
	*error = broker->error;
	if (error->code != ERROR_NONE ||
	    roster_fill(&broker->roster, &broker->place, broker->access, snapshot, &virtual, error) < 0)
		return -1;
	list.virtual = virtual;
	hosts_verify(&list, 1, host_deadline(deadline));
	trail_mark(trail, STEP_VERIFY);
	join_notices(snapshot, virtual, true);
	return 0;
}

/* Sessions come sorted by host, so one open host is enough. */
static int host_open(struct connection *connection, const char *host, const struct deadline *deadline,
                     struct error *error)
{
	struct trail trail;

	if (connection->host != NULL && strcmp(connection->host_name, host) == 0)
		return 0;
	host_close(connection);
	trail_begin(&trail);
	if (host_target(&connection->host_target, connection->target, host, &connection->host_arena, error) < 0 ||
	    connection->host_target.provider->open(&connection->host_target, deadline, &trail, &connection->host,
	                                           error) < 0) {
		connection->host = NULL;
		host_close(connection);
		return -1;
	}
	connection->host_name = arena_strdup(&connection->host_arena, host);
	return 0;
}

/* The host's session in the form of the broker's list. The collection is unchanged, and so is the client while the
   connect time is the same. */
static void describe(const struct connection *connection, const struct session *wanted, struct session *now,
                     struct arena *arena)
{
	const struct place *place = &connection->broker.place;

	now->provider = "rds";
	now->host = arena_strdup(arena, wanted->host);
	now->id = arena_strdup(arena, wanted->id);
	now->collection = arena_strdup(arena, wanted->collection);
	now->application = arena_strdup(arena, wanted->application);
	now->kind = wanted->kind;
	for (size_t i = 0; i < wanted->names.count; i++) /* what the broker told */
		string_list_add(&now->names, arena, arena_strdup(arena, wanted->names.items[i]));
	place_upn_fill(place, now, arena);
	if (now->client_name[0] == '\0' && now->client_address[0] == '\0' &&
	    moment_equal(now->connect_time, wanted->connect_time)) {
		now->client_name = arena_strdup(arena, wanted->client_name);
		now->client_address = arena_strdup(arena, wanted->client_address);
	}
	if (wsman_is_own(connection->broker.access, now->domain, now->user))
		now->own = FLAG_YES;
}

static int host_pin(struct connection *connection, const struct session *wanted, uint32_t number,
                    const struct deadline *deadline, struct pin **inner, struct session *now, int64_t *host_now,
                    struct arena *arena, struct error *error)
{
	struct session there = *wanted;

	if (host_open(connection, wanted->host, deadline, error) < 0)
		return -1;
	there.provider = "tsts";
	there.id = arena_printf(arena, "%u", (unsigned)number);
	if (connection->host_target.provider->pin(connection->host, &there, deadline, inner, now, host_now, arena,
	                                          error) == 0)
		return 0;
	if (error->code != ERROR_GONE)
		host_close(connection);
	return -1;
}

static int rds_pin(struct connection *connection, const struct session *wanted, const struct deadline *deadline,
                   struct pin **to, struct session *now, int64_t *host_now, struct arena *arena, struct error *error)
{
	struct deadline earlier = host_deadline(deadline);
	struct pin *pin, *inner = NULL;
	uint32_t number;

	if (host_name(wanted->host, arena) == NULL || roster_id_read(wanted->id, wanted->host, &number) < 0)
		return error_set(error, ERROR_GONE, STEP_PIN, "\"%.60s\" is the id of no session on %.60s", wanted->id,
		                 wanted->host);
	if (host_pin(connection, wanted, number, &earlier, &inner, now, host_now, arena, error) < 0)
		return -1;
	describe(connection, wanted, now, arena);
	pin = must_alloc(sizeof *pin);
	*pin = (struct pin){connection, inner};
	*to = pin;
	return 0;
}

static int rds_act(struct pin *pin, const struct action *action, const struct deadline *deadline,
                   struct outcome *outcome, struct error *error)
{
	struct deadline earlier = host_deadline(deadline);

	return pin->connection->host_target.provider->act(pin->inner, action, &earlier, outcome, error);
}

static void rds_unpin(struct pin *pin)
{
	if (pin == NULL)
		return;
	pin->connection->host_target.provider->unpin(pin->inner);
	free(pin);
}

const struct provider rds_provider = {
    RDS_ROW,        .open = rds_open,   .list = rds_list,   .pin = rds_pin,
    .act = rds_act, .unpin = rds_unpin, .close = rds_close, .list_many = rds_list_many,
};
