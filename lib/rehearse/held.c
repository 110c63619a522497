/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/rehearse/held.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/policy/zone.h"
#include "lib/rehearse/replay.h"
#include "lib/rehearse/tally.h"

static const int64_t HOUR = 60 * 60 * 1000;

/* A run that ended so many. */
struct batch {
	int64_t at;
	size_t acts;
};

struct queue {
	const struct held_limits *limits;
	struct arena arena;
	struct tally_end *waiting;
	size_t count;
	struct batch *batches; /* those of the last hour are from first on */
	size_t first, batch_count;
	int64_t night;
	size_t night_acts;
	struct held held;
};

static int64_t noon(const struct held_limits *limits, int64_t at)
{
	return limits->zone != NULL ? zone_noon(limits->zone, at) : noon_here(at);
}

/* Who is used again, or has ended by himself, waits no longer. */
static void let_go(struct queue *queue, int64_t now)
{
	size_t kept = 0;

	for (size_t i = 0; i < queue->count; i++)
		if (queue->waiting[i].until > now)
			queue->waiting[kept++] = queue->waiting[i];
	queue->held.never += queue->count - kept;
	queue->count = kept;
}

static size_t acts_of_hour(struct queue *queue, int64_t now)
{
	size_t acts = 0;

	while (queue->first < queue->batch_count && queue->batches[queue->first].at <= now - HOUR)
		queue->first++;
	for (size_t i = queue->first; i < queue->batch_count; i++)
		acts += queue->batches[i].acts;
	return acts;
}

static size_t acts_of_night(struct queue *queue, int64_t now)
{
	const int64_t night = noon(queue->limits, now);

	if (queue->night != night)
		queue->night_acts = 0;
	queue->night = night;
	return queue->night_acts;
}

static bool keeps_limits(struct queue *queue, int64_t now)
{
	const struct held_limits *limits = queue->limits;

	if (acts_of_hour(queue, now) + queue->count > limits->acts)
		return false;
	return limits->night_acts == 0 || acts_of_night(queue, now) + queue->count <= limits->night_acts;
}

static void run(struct queue *queue, int64_t now)
{
	if (queue->count == 0)
		return;
	if (!keeps_limits(queue, now)) {
		queue->held.refused++;
		return;
	}
	for (size_t i = 0; i < queue->count; i++) {
		int64_t late = now - queue->waiting[i].at;

		queue->held.later += late > 0;
		if (late > queue->held.longest)
			queue->held.longest = late;
	}
	queue->batches[queue->batch_count++] = (struct batch){now, queue->count};
	queue->night_acts += queue->count;
	queue->count = 0;
}

struct held held_back(const struct tally_end *ends, size_t count, const struct held_limits *limits)
{
	struct queue queue = {.limits = limits};
	size_t next = 0;

	queue.waiting = arena_alloc(&queue.arena, (count + 1) * sizeof *queue.waiting);
	queue.batches = arena_alloc(&queue.arena, (count + 1) * sizeof *queue.batches);
	for (int64_t now = count > 0 ? ends[0].at : 0; next < count || queue.count > 0; now += REPLAY_STEP) {
		if (queue.count == 0)
			now = ends[next].at;
		if (now > limits->to)
			break;
		let_go(&queue, now);
		while (next < count && ends[next].at <= now)
			queue.waiting[queue.count++] = ends[next++];
		run(&queue, now);
	}
	queue.held.never += queue.count;
	arena_free(&queue.arena);
	return queue.held;
}
