/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plays thousands of hosts in one process: a list of appointments, and a sleep from each to the next. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"
#include "providers/sim/connection.h"
#include "providers/sim/farm.h"
#include "providers/sim/sim.h"
#include "providers/sim/store.h"

/* A farm that was read for this run; usually there is one. */
struct played_farm {
	struct played_farm *next;
	const char *path, *wanted;
	struct farm farm;
	struct store store;
	struct error error;
};

struct appointment {
	int64_t at;
	struct visit *visit;
	struct connection connection;
};

static bool same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static struct played_farm *farm_of(struct played_farm **farms, const char *path, const char *wanted,
                                   struct arena *arena)
{
	struct played_farm *played;

	for (played = *farms; played != NULL; played = played->next)
		if (same(played->path, path) && same(played->wanted, wanted))
			return played;
	played = arena_alloc(arena, sizeof *played);
	played->path = path;
	played->wanted = wanted;
	if (farm_read(&played->farm, path, &played->error) == 0)
		store_load(&played->store, &played->farm, wanted, &played->error);
	played->next = *farms;
	return *farms = played;
}

static int arrange(struct visit *visit, struct appointment *appointment, struct played_farm **farms,
                   struct arena *arena)
{
	struct connection *connection = &appointment->connection;
	const char *path, *host;
	struct played_farm *played;
	int64_t delay;

	trail_begin(&visit->trail);
	if (sim_address(visit->target, arena, &path, &host, &visit->error) < 0)
		return -1;
	played = farm_of(farms, path, target_option(visit->target, "state"), arena);
	if (played->error.code != ERROR_NONE) {
		visit->error = played->error;
		return -1;
	}
	connection->farm = &played->farm;
	connection->store = &played->store;
	if (farm_find(&played->farm, host, &connection->host, &connection->name, &visit->error) < 0)
		return -1;
	trail_mark(&visit->trail, STEP_OPEN);
	delay = sim_delay(connection);
	appointment->visit = visit;
	appointment->at = delay == INT64_MAX ? delay : visit->trail.begun + delay;
	return 0;
}

/* The next time for this visit: the host answers, or its deadline passes. */
static int64_t due(const struct appointment *appointment)
{
	return appointment->at < appointment->visit->deadline.at ? appointment->at : appointment->visit->deadline.at;
}

static int earlier(const void *a, const void *b)
{
	int64_t x = due(a), y = due(b);

	return (x > y) - (x < y);
}

static void keep(struct appointment *appointment)
{
	struct visit *visit = appointment->visit;

	if (sim_wait(appointment->at, &visit->deadline, appointment->connection.name, STEP_CONNECT, &visit->error) == 0)
		sim_answer(&appointment->connection, &visit->trail, &visit->snapshot, &visit->error);
}

void sim_list_many(struct visit **visits, size_t count, visit_done *done, void *context)
{
	struct appointment *appointments = must_alloc(count * sizeof *appointments);
	struct played_farm *farms = NULL;
	struct arena arena = {0};
	size_t arranged = 0;

	for (size_t i = 0; i < count; i++) {
		if (arrange(visits[i], &appointments[arranged], &farms, &arena) == 0)
			arranged++;
		else
			visit_finish(visits[i], done, context);
	}
	qsort(appointments, arranged, sizeof *appointments, earlier);
	for (size_t i = 0; i < arranged; i++) {
		keep(&appointments[i]);
		visit_finish(appointments[i].visit, done, context);
	}
	for (; farms != NULL; farms = farms->next) {
		store_free(&farms->store);
		farm_free(&farms->farm);
	}
	arena_free(&arena);
	free(appointments);
}
