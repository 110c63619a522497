/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Serves hosts in parallel.  Each lane (a thread; the first is the caller's) takes a free host and gives all its
 * orders.  When no host is left, it looks at the sessions that were ordered, until all are seen to be done or the run's
 * time is over.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "lib/act/plan.h"
#include "lib/act/remedy.h"
#include "lib/act/remedy_run.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"

enum {
	LANES = 16,
	LANE_STACK = 1024 * 1024, /* bytes */
	LOOK_FIRST = 20,          /* ms: from an order to the first look */
	LOOK_LONGEST = 500,       /* ms: between two looks at one host … */
	LOOK_LONGEST_MANY = 2000, /* … and where each of them opens a connection */
	AFTER_STOP = 1000,        /* ms: after a cancel, how long ordered acts are watched */
	SIGNAL_POLL = 100,        /* ms: a signal does not wake a lane */
};

/* True if a stop was asked for AFTER_STOP ago, or the time is over.  Needs the mutex. */
static bool watch_ends(struct run *run)
{
	int64_t now = clock_monotonic();

	if (remedy_stopping() && run->stopped_at == 0)
		run->stopped_at = now;
	return (run->stopped_at != 0 && now - run->stopped_at >= AFTER_STOP) ||
	       deadline_left(&run->deadline) <= SIGNAL_POLL;
}

static struct host_work *take_next(struct run *run, bool last)
{
	struct host_work *next = NULL;

	for (size_t i = 0; i < run->work_count; i++) {
		struct host_work *work = &run->works[i];

		if (work->busy || work->finished)
			continue;
		if (!work->ordered)
			return work;
		if (next == NULL || work->look_at < next->look_at)
			next = work;
	}
	return next != NULL && (last || next->look_at <= clock_monotonic()) ? next : NULL;
}

static bool all_finished(const struct host_work *work)
{
	for (size_t i = 0; i < work->count; i++)
		if (work->attempts[i].stage != STAGE_FINISHED)
			return false;
	return true;
}

/* Works without the mutex: the host is ours, except for the members that other lanes read to choose theirs. */
static void work_on(struct run *run, struct host_work *work, bool last)
{
	if (!work->ordered)
		remedy_order_host(run, work);
	else
		remedy_look_at_host(run, work, last);
	if (all_finished(work))
		host_hang_up(work);
}

/* Needs the mutex: sets when the host is worth another look, or that it is finished. */
static void work_set_down(const struct run *run, struct host_work *work)
{
	int64_t longest = run->keep_connections ? LOOK_LONGEST : LOOK_LONGEST_MANY;

	if (!work->ordered)
		work->pause = LOOK_FIRST;
	else
		work->pause = work->pause * 2 < longest ? work->pause * 2 : longest;
	work->ordered = true;
	work->look_at = clock_monotonic() + work->pause;
	work->finished = all_finished(work);
	work->busy = false;
}

/* Waits until another lane has changed something, or it is time for another look. */
static void wait_a_little(struct run *run)
{
	int64_t wait = SIGNAL_POLL;
	struct timespec until;

	for (size_t i = 0; i < run->work_count; i++) {
		const struct host_work *work = &run->works[i];
		int64_t left;

		if (work->busy || work->finished)
			continue;
		left = work->look_at - clock_monotonic();
		if (left < wait)
			wait = left > 0 ? left : 0;
	}
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += (wait + 1) * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&run->changed, &run->mutex, &until);
}

static void *lane(void *context)
{
	struct run *run = context;

	pthread_mutex_lock(&run->mutex);
	while (run->unfinished > 0) {
		bool last = watch_ends(run);
		struct host_work *work = take_next(run, last);

		if (work == NULL) {
			wait_a_little(run);
			continue;
		}
		work->busy = true;
		pthread_mutex_unlock(&run->mutex);
		work_on(run, work, last);
		pthread_mutex_lock(&run->mutex);
		work_set_down(run, work);
		run->unfinished -= work->finished;
		pthread_cond_broadcast(&run->changed);
	}
	pthread_mutex_unlock(&run->mutex);
	return NULL;
}

/* The works and their attempts, in the order of the plan. */
static void works_make(struct run *run)
{
	const struct plan *plan = &run->plan;
	struct arena *arena = &run->plan.arena;
	struct host_work **works = arena_alloc(arena, plan->host_count * sizeof(struct host_work *));

	run->works = arena_alloc(arena, run->locked.count * sizeof *run->works);
	for (size_t i = 0; i < plan->host_count; i++) {
		const struct plan_host *host = &plan->hosts[i];

		if (host->selected == 0)
			continue;
		works[i] = &run->works[run->work_count++];
		works[i]->attempts = arena_alloc(arena, host->selected * sizeof *works[i]->attempts);
	}
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_item *item = &plan->items[i];

		if (!plan_item_due(item))
			continue;
		works[item->host]->attempts[works[item->host]->count++] = (struct attempt){
		    .item = item,
		    .target = item->visit->target,
		    .now = *item->session,
		    .result = {.kind = RESULT_FAILED},
		};
	}
	run->unfinished = run->work_count;
	run->keep_connections = run->work_count <= LANES;
}

/* If a thread cannot be started, the others serve its hosts. */
static size_t lanes_start(struct run *run, pthread_t *threads)
{
	pthread_attr_t attributes;
	size_t count = 0, wanted = run->work_count < LANES ? run->work_count : LANES;

	if (pthread_attr_init(&attributes) != 0)
		return 0;
	if (pthread_attr_setstacksize(&attributes, LANE_STACK) == 0)
		while (count + 1 < wanted && pthread_create(&threads[count], &attributes, lane, run) == 0)
			count++;
	pthread_attr_destroy(&attributes);
	return count;
}

void remedy_act_on_all(struct run *run)
{
	pthread_condattr_t monotonic;
	pthread_t threads[LANES];
	size_t count;

	works_make(run);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&run->mutex, NULL);
	pthread_cond_init(&run->changed, &monotonic);
	count = lanes_start(run, threads);
	lane(run);
	for (size_t i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	pthread_cond_destroy(&run->changed);
	pthread_mutex_destroy(&run->mutex);
	pthread_condattr_destroy(&monotonic);
}
