/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/collect/collect_queue.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "lib/base/arena.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"

enum {
	MANY_PROCESSES = 4, /* of a provider with MANY_HOSTS */
	MANY_AT_LEAST = 250 /* targets per process; a second process starts above this number */
};

void task_add(struct queue *queue, struct visit *visit, bool alone)
{
	queue->tasks[queue->count++] = (struct task){visit, alone};
}

/* The targets of each request. */
static size_t chunk_of(const struct queue *queue)
{
	size_t processes = queue->count / MANY_AT_LEAST + 1;

	if ((queue->provider->capabilities & MANY_HOSTS) == 0)
		return 1;
	if (processes > MANY_PROCESSES)
		processes = MANY_PROCESSES;
	return (queue->count + processes - 1) / processes;
}

struct queue *queues_make(struct visit *visits, size_t count, size_t *queue_count)
{
	struct queue *queues = must_alloc(count * sizeof *queues), *end = queues;

	for (size_t i = 0; i < count; i++) {
		struct queue *queue = queues;

		while (queue < end && queue->provider != visits[i].target->provider)
			queue++;
		if (queue == end) {
			end++;
			queue->provider = visits[i].target->provider;
			queue->tasks = must_alloc(2 * count * sizeof *queue->tasks);
		}
		task_add(queue, &visits[i], (queue->provider->capabilities & OWN_PROCESS) != 0);
	}
	for (struct queue *queue = queues; queue < end; queue++)
		queue->chunk = chunk_of(queue);
	*queue_count = (size_t)(end - queues);
	return queues;
}

void queues_free(struct queue *queues, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(queues[i].tasks);
	free(queues);
}
