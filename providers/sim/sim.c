/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/sim/sim.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/collect/worker.h"
#include "lib/target/target.h"
#include "providers/sim/connection.h"
#include "providers/sim/play.h"
#include "providers/sim/store.h"

struct stage sim_stage(const struct connection *connection)
{
	return (struct stage){connection->host, connection->name, connection->store, clock_now()};
}

/* "FILE" or "FILE#HOST" */
int sim_address(const struct target *target, struct arena *arena, const char **path, const char **host,
                struct error *error)
{
	const char *mark = strrchr(target->address, '#');

	*host = mark != NULL ? mark + 1 : "";
	*path = mark != NULL ? arena_strndup(arena, target->address, (size_t)(mark - target->address))
	                     : arena_strdup(arena, target->address);
	if (**path != '\0')
		return 0;
	error_set(error, ERROR_USAGE, STEP_RESOLVE, "%s names no farm file", target->url);
	return error_hint(error, "write sim:FILE or sim:FILE#HOST");
}

static void sim_close(struct connection *connection)
{
	if (connection == NULL)
		return;
	store_free(connection->store);
	farm_free(connection->farm);
	free(connection->store);
	free(connection->farm);
	free(connection);
}

int64_t sim_delay(const struct connection *connection)
{
	struct stage stage = sim_stage(connection);
	struct behaviour behaviour = play_behaviour(&stage);

	return behaviour.fault == FAULT_HANG ? INT64_MAX : behaviour.delay;
}

static int delay_wait(const struct connection *connection, const struct deadline *deadline, enum step step,
                      struct error *error)
{
	int64_t delay = sim_delay(connection);

	return sim_wait(delay == INT64_MAX ? delay : clock_monotonic() + delay, deadline, connection->name, step,
	                error);
}

int sim_respond(const struct connection *connection, const struct deadline *deadline, enum step step,
                struct error *error)
{
	struct stage stage;

	if (delay_wait(connection, deadline, step, error) < 0)
		return -1;
	stage = sim_stage(connection);
	return sim_fault(play_behaviour(&stage).fault, connection->name, step, error);
}

static int sim_open(const struct target *target, const struct deadline *deadline, struct trail *trail,
                    struct connection **to, struct error *error)
{
	struct connection *connection = must_alloc(sizeof *connection);
	struct arena address = {0};
	const char *path, *host;
	int result = -1;

	(void)deadline;
	connection->farm = must_alloc(sizeof *connection->farm);
	connection->store = must_alloc(sizeof *connection->store);
	connection->wanted = target_option(target, "state");
	if (sim_address(target, &address, &path, &host, error) == 0 && farm_read(connection->farm, path, error) == 0)
		result = farm_find(connection->farm, host, &connection->host, &connection->name, error);
	arena_free(&address);
	if (result < 0) {
		sim_close(connection);
		return -1;
	}
	trail_mark(trail, STEP_OPEN);
	*to = connection;
	return 0;
}

int sim_answer(struct connection *connection, struct trail *trail, struct snapshot *snapshot, struct error *error)
{
	struct stage stage = sim_stage(connection);

	if (sim_fault(play_behaviour(&stage).fault, connection->name, STEP_LIST, error) < 0)
		return -1;
	play_list(&stage, connection->turn++, snapshot);
	trail_mark(trail, STEP_LIST);
	return 0;
}

static int sim_list(struct connection *connection, const struct deadline *deadline, struct trail *trail,
                    struct snapshot *snapshot, struct error *error)
{
	store_free(connection->store);
	if (store_load(connection->store, connection->farm, connection->wanted, error) < 0 ||
	    delay_wait(connection, deadline, STEP_LIST, error) < 0)
		return -1;
	return sim_answer(connection, trail, snapshot, error);
}

enum {
	CAPABILITIES = CAN_DISCONNECT | CAN_LOGOFF | CAN_MESSAGE | HAS_IDLE | HAS_DISCONNECT_TIME | HAS_BIRTH |
	               HAS_LOCK | MANY_HOSTS
};

static const struct provider_option options[] = {
    {"state", "FILE", "Where to keep what happens to the farm (FARM.state beside the farm file).", false},
    {NULL, NULL, NULL, false},
};

const struct provider sim_provider = {
    .scheme = "sim",
    .summary = "a farm played from a file",
    .status = PROVIDER_STABLE,
    .capabilities = CAPABILITIES,
    .options = options,
    .open = sim_open,
    .list = sim_list,
    .pin = sim_pin,
    .act = sim_act,
    .unpin = sim_unpin,
    .close = sim_close,
    .list_many = sim_list_many,
};

const struct provider sim_worker_provider = {
    .scheme = "sim+worker",
    .summary = "a farm played from a file, by a worker program",
    .status = PROVIDER_STABLE,
    .capabilities = CAPABILITIES,
    .options = options,
    .program = "provider-sim",
    WORKER_FUNCTIONS,
};
