/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any number of hosts in one event loop. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/target/provider.h"
#include "providers/tsts/host.h"
#include "providers/tsts/list.h"
#include "providers/tsts/lockout.h"
#include "providers/tsts/tsts.h"

/*
 * All names are resolved at once, as far as descriptors allow. Logins need CPU on both sides, so at most LOGINS run
 * at a time; one that takes longer than overdue_after is not counted any more. Until credentials are known to be good
 * only a few of their hosts log in (lockout.h).
 */
enum { LOGINS = 40, MOST = 1000, SPARE = 64, PER_HOST = 2 };
enum { OVERDUE_LEAST = 20, OVERDUE_MOST = 1000 }; /* ms */

enum stage {
	STAGE_WAITING,
	STAGE_KNOCKING, /* resolved, its login is queued */
	STAGE_OPENING,
	STAGE_LISTING,
	STAGE_OVER,
};

struct round {
	struct engine *engine;
	struct visit **visits;
	struct host **hosts;
	enum stage *stages;
	int64_t *let_in; /* when it began to log in */
	struct login *logins;
	size_t *login_of; /* by visit */
	size_t login_count;
	size_t count, begun, active, most;
	int64_t overdue_after;
	struct tevent_timer *timer; /* runs when the next login becomes overdue */
	visit_done *done;
	void *context;
};

/* The number of hosts that there are descriptors for, at most MOST. */
static size_t raise_limit(size_t count)
{
	struct rlimit limit;
	rlim_t wanted = (rlim_t)(count < MOST ? count : MOST) * PER_HOST + SPARE;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return LOGINS;
	if (limit.rlim_cur < wanted) {
		limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur >= MOST * PER_HOST + SPARE)
		return MOST;
	return limit.rlim_cur < SPARE + PER_HOST * LOGINS ? LOGINS : (limit.rlim_cur - SPARE) / PER_HOST;
}

/* Even if all hosts hang, each login starts within the first half of the time. */
static int64_t overdue_limit(struct visit **visits, size_t count)
{
	int64_t overdue_after =
	    count == 0 ? 0 : deadline_left(&visits[0]->deadline) / 2 / (int64_t)(count / LOGINS + 1);

	return overdue_after < OVERDUE_LEAST  ? OVERDUE_LEAST
	       : overdue_after > OVERDUE_MOST ? OVERDUE_MOST
	                                      : overdue_after;
}

static void finish(struct round *round, size_t index)
{
	round->stages[index] = STAGE_OVER;
	visit_finish(round->visits[index], round->done, round->context);
	TALLOC_FREE(round->hosts[index]);
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
	round->hosts[index]->one_of_many = round->count > 1;
	round->stages[index] = round->count > 1 ? STAGE_KNOCKING : STAGE_OPENING;
	host_open(round->hosts[index], &visit->deadline, &visit->trail);
}

/* Counts the result of a login for its credentials. */
static void learn(struct round *round, size_t index)
{
	struct login *login = &round->logins[round->login_of[index]];
	const struct error *error = &round->hosts[index]->error;

	if (error->code == ERROR_NONE || error->code == ERROR_ACCESS)
		login->accepted = true;
	else if (login_refused(error))
		login->refused++;
	else
		login->silent++;
}

/* Continues after an operation of this host has ended. */
static void advance(struct round *round, size_t index)
{
	struct host *host = round->hosts[index];
	struct visit *visit = round->visits[index];

	if (round->stages[index] == STAGE_OPENING)
		learn(round, index);
	if (host->error.code == ERROR_NONE && round->stages[index] == STAGE_OPENING) {
		round->stages[index] = STAGE_LISTING;
		list_begin(host, &visit->snapshot, (visit->needs & NEED_CLIENTS) != 0, &visit->deadline, &visit->trail);
		return;
	}
	visit->error = host->error;
	round->active--;
	finish(round, index);
}

static void wake(struct tevent_context *events, struct tevent_timer *timer, struct timeval now, void *data)
{
	struct round *round = data;

	(void)events;
	(void)timer;
	(void)now;
	round->timer = NULL; /* tevent frees it */
	round->engine->ended++;
}

static bool logging_in(const struct round *round, size_t index, int64_t now)
{
	return (round->stages[index] == STAGE_OPENING || round->stages[index] == STAGE_LISTING) &&
	       now - round->let_in[index] < round->overdue_after;
}

static void wake_later(struct round *round)
{
	if (round->timer == NULL)
		round->timer =
		    tevent_add_timer(round->engine->events, round->engine,
		                     timeval_current_ofs_msec((uint32_t)round->overdue_after / 4 + 1), wake, round);
}

/* Counts logins in progress, in total and per credential, and those that are overdue. */
static size_t tally(struct round *round, int64_t now)
{
	size_t busy = 0;

	for (size_t i = 0; i < round->login_count; i++)
		round->logins[i].under_way = round->logins[i].late = 0;
	for (size_t i = 0; i < round->begun; i++) {
		struct login *login = &round->logins[round->login_of[i]];

		busy += logging_in(round, i, now);
		if (round->stages[i] == STAGE_OPENING)
			*(logging_in(round, i, now) ? &login->under_way : &login->late) += 1;
	}
	return busy;
}

static void turn_away(struct round *round, size_t index)
{
	struct host *host = round->hosts[index];
	struct error error = {0};

	host->login_queued = false;
	login_error(&error, &round->logins[round->login_of[index]], host->access.host);
	host_fail(host, &error);
}

/* Starts queued logins in order, at most LOGINS at a time. */
static void let_in(struct round *round)
{
	int64_t now = clock_monotonic();
	size_t busy = tally(round, now);

	for (size_t i = 0; i < round->begun; i++) {
		struct login *login = &round->logins[round->login_of[i]];
		enum login_leave may;

		if (round->hosts[i] == NULL || !round->hosts[i]->login_queued)
			continue;
		if (busy == LOGINS) {
			wake_later(round);
			break;
		}
		may = login_leave(login);
		if (may == LOGIN_REFUSE)
			turn_away(round, i);
		else if (may == LOGIN_WAIT)
			wake_later(round);
		if (may != LOGIN_GO)
			continue;
		busy++;
		login->under_way++;
		round->let_in[i] = now;
		round->stages[i] = STAGE_OPENING;
		host_login(round->hosts[i]);
	}
}

static void advance_all(struct round *round)
{
	round->engine->ended = 0;
	for (size_t i = 0; i < round->begun; i++)
		if (round->stages[i] != STAGE_OVER && !round->hosts[i]->busy)
			advance(round, i);
	let_in(round);
}

static void run(struct round *round)
{
	while (round->begun < round->count || round->active > 0) {
		while (round->begun < round->count && round->active < round->most)
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

/* A login for each credentials file, and one that is always good for those who have none. */
static void find_logins(struct round *round)
{
	round->logins = must_alloc((round->count + 1) * sizeof *round->logins);
	round->login_of = must_alloc((round->count + 1) * sizeof *round->login_of);
	for (size_t i = 0; i < round->count; i++) {
		const char *file = round->visits[i]->target->credentials_file;
		size_t at = 0;

		while (at < round->login_count && strcmp(round->logins[at].file, file) != 0)
			at++;
		round->login_of[i] = at;
		if (at < round->login_count)
			continue;
		round->logins[at] = (struct login){.file = file, .accepted = file[0] == '\0'};
		round->login_count++;
	}
}

void tsts_list_many(struct visit **visits, size_t count, visit_done *done, void *context)
{
	struct round round = {.visits = visits, .count = count, .done = done, .context = context};

	round.most = raise_limit(count);
	round.overdue_after = overdue_limit(visits, count);
	round.engine = engine_new(NULL);
	round.hosts = must_alloc((count + 1) * sizeof(struct host *));
	round.stages = must_alloc((count + 1) * sizeof *round.stages);
	round.let_in = must_alloc((count + 1) * sizeof *round.let_in);
	find_logins(&round);
	if (round.engine != NULL)
		run(&round);
	give_up(&round);
	engine_free(round.engine);
	free(round.hosts);
	free(round.stages);
	free(round.let_in);
	free(round.logins);
	free(round.login_of);
}
