/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any number of hosts in one event loop. */
#include <stdlib.h>
#include <sys/resource.h>

#include "providers/tsts/host.h"
#include "providers/tsts/list.h"
#include "providers/tsts/tsts.h"

/* Hosts being talked to at once; the others wait their turn, so that no host suffers for want of descriptors. */
enum { AT_ONCE = 300, DESCRIPTORS = 2048 };

enum stage {
	STAGE_WAITING,
	STAGE_OPENING,
	STAGE_LISTING,
	STAGE_OVER,
};

struct round {
	struct engine *engine;
	struct visit **visits;
	struct host **hosts;
	enum stage *stages;
	size_t count, begun, active;
	visit_done *done;
	void *context;
};

static void raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= DESCRIPTORS)
		return;
	limit.rlim_cur = limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void finish(struct round *round, size_t index)
{
	TALLOC_FREE(round->hosts[index]);
	round->stages[index] = STAGE_OVER;
	visit_finish(round->visits[index], round->done, round->context);
}

static void begin(struct round *round, size_t index)
{
	struct visit *visit = round->visits[index];

	trail_begin(&visit->trail);
	round->hosts[index] = host_new(round->engine, visit->target, &visit->error);
	if (round->hosts[index] == NULL) {
		finish(round, index);
		return;
	}
	round->active++;
	round->stages[index] = STAGE_OPENING;
	host_open(round->hosts[index], &visit->deadline, &visit->trail);
}

/* The operation of this host has ended: what comes next? */
static void advance(struct round *round, size_t index)
{
	struct host *host = round->hosts[index];
	struct visit *visit = round->visits[index];

	if (host->error.code == ERROR_NONE && round->stages[index] == STAGE_OPENING) {
		round->stages[index] = STAGE_LISTING;
		list_begin(host, &visit->snapshot, &visit->deadline, &visit->trail);
		return;
	}
	visit->error = host->error;
	round->active--;
	finish(round, index);
}

static void advance_all(struct round *round)
{
	round->engine->ended = 0;
	for (size_t i = 0; i < round->begun; i++)
		if (round->hosts[i] != NULL && !round->hosts[i]->busy)
			advance(round, i);
}

static void run(struct round *round)
{
	while (round->begun < round->count || round->active > 0) {
		while (round->begun < round->count && round->active < AT_ONCE)
			begin(round, round->begun++);
		if (round->engine->ended > 0)
			advance_all(round);
		else if (round->active > 0 && tevent_loop_once(round->engine->events) != 0)
			break;
	}
}

static void give_up(struct round *round)
{
	for (size_t i = 0; i < round->count; i++) {
		if (round->stages[i] == STAGE_OVER)
			continue;
		error_set(&round->visits[i]->error, ERROR_SYSTEM, STEP_OPEN, "the event loop could not be run");
		finish(round, i);
	}
}

void tsts_list_many(struct visit **visits, size_t count, visit_done *done, void *context)
{
	struct round round = {.visits = visits, .count = count, .done = done, .context = context};

	raise_limit();
	round.engine = engine_new(NULL);
	round.hosts = must_alloc((count + 1) * sizeof(struct host *));
	round.stages = must_alloc((count + 1) * sizeof *round.stages);
	if (round.engine != NULL)
		run(&round);
	give_up(&round);
	talloc_free(round.engine);
	free(round.hosts);
	free(round.stages);
}
