/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/winrm/winrm.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/session/session.h"
#include "providers/http/http.h"
#include "providers/winrm/act.h"
#include "providers/winrm/host.h"
#include "providers/winrm/row.h"

struct connection {
	struct http_loop *loop;
	struct host host;
};

struct pin {
	struct found found;
};

static void over(struct host *host, void *context)
{
	(void)host;
	*(bool *)context = true;
}

static void winrm_close(struct connection *connection)
{
	if (connection == NULL)
		return;
	http_loop_free(connection->loop);
	host_free(&connection->host);
	free(connection);
}

static int winrm_open(const struct target *target, const struct deadline *deadline, struct trail *trail,
                      struct connection **to, struct error *error)
{
	struct connection *connection = must_alloc(sizeof *connection);
	bool opened = false;

	connection->loop = http_loop_new(0);
	if (connection->loop == NULL)
		error_set(error, ERROR_SYSTEM, STEP_OPEN, "libcurl could not be started");
	else if (host_prepare(&connection->host, target, connection->loop, error) == 0) {
		host_open(&connection->host, deadline, trail, over, &opened);
		http_run(connection->loop, &opened);
		*error = connection->host.error;
	}
	if (error->code == ERROR_NONE) {
		*to = connection;
		return 0;
	}
	winrm_close(connection);
	return -1;
}

static int winrm_list(struct connection *connection, const struct deadline *deadline, struct trail *trail,
                      struct snapshot *snapshot, struct error *error)
{
	bool listed = false;

	host_list(&connection->host, snapshot, deadline, trail, over, &listed);
	http_run(connection->loop, &listed);
	*error = connection->host.error;
	return error->code == ERROR_NONE ? 0 : -1;
}

static void winrm_unpin(struct pin *pin)
{
	if (pin == NULL)
		return;
	arena_free(&pin->found.arena);
	free(pin);
}

/* WS-Man cannot hold a shell. It is read again; its id is unique. */
static int winrm_pin(struct connection *connection, const struct session *wanted, const struct deadline *deadline,
                     struct pin **to, struct session *now, int64_t *host_now, struct arena *arena, struct error *error)
{
	struct host *host = &connection->host;
	struct pin *pin = must_alloc(sizeof *pin);
	const char *resource = NULL;
	bool looked = false;

	host_find(host, wanted->id, now, &resource, arena, deadline, over, &looked);
	http_run(connection->loop, &looked);
	if (host->error.code != ERROR_NONE) {
		*error = host->error;
		winrm_unpin(pin);
		return -1;
	}
	pin->found.host = host;
	pin->found.id = arena_strdup(&pin->found.arena, now->id);
	pin->found.resource = arena_strdup(&pin->found.arena, resource);
	*host_now = host->answered;
	*to = pin;
	return 0;
}

static int winrm_act(struct pin *pin, const struct action *action, const struct deadline *deadline,
                     struct outcome *outcome, struct error *error)
{
	return act_run(&pin->found, action, deadline, outcome, error);
}

const struct provider winrm_provider = {
    WINRM_ROW,        .open = winrm_open,   .list = winrm_list,   .pin = winrm_pin,
    .act = winrm_act, .unpin = winrm_unpin, .close = winrm_close, .list_many = winrm_list_many,
};
