/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The visits that wait for a worker, by provider. */
#ifndef CURFEW_COLLECT_QUEUE_H
#define CURFEW_COLLECT_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/target/provider.h"

struct task {
	struct visit *visit;
	bool alone; /* run in its own process: retried after a shared failure, or the provider has OWN_PROCESS */
};

/* The targets of one provider. */
struct queue {
	const struct provider *provider;
	struct task *tasks;
	size_t count, next; /* next: the first that no slot has taken */
	size_t chunk;       /* targets per request */
	unsigned running;   /* slots in use */
};

/* One queue for each provider, with a task for each visit; queues_free() frees them. */
struct queue *queues_make(struct visit *visits, size_t count, size_t *queue_count);
void queues_free(struct queue *queues, size_t count);

/* Puts a task at the end.  Every task can come back once: there is room for twice the visits. */
void task_add(struct queue *queue, struct visit *visit, bool alone);

#endif
