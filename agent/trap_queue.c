/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/trap_queue.h"

#include <stdint.h>
#include <string.h>

#include "agent/columns.h"
#include "agent/trap.h"
#include "agent/value.h"

enum { MINUTE = 60000 };

void trap_queue_init(struct trap_queue *queue, uint32_t rate, int64_t monotonic)
{
	memset(queue, 0, sizeof *queue);
	queue->rate = rate;
	queue->credit = (int64_t)rate * MINUTE;
	queue->credit_at = monotonic;
}

void trap_queue_free(struct trap_queue *queue)
{
	while (trap_queue_next(queue) != NULL)
		trap_queue_drop(queue);
}

/* At most a full minute's share: unused ones do not add up. */
static void credit_grow(struct trap_queue *queue, int64_t monotonic)
{
	int64_t most = (int64_t)queue->rate * MINUTE, passed = monotonic - queue->credit_at;

	queue->credit_at = monotonic;
	if (passed > MINUTE)
		passed = MINUTE;
	queue->credit += passed * queue->rate;
	if (queue->credit > most)
		queue->credit = most;
}

bool trap_queue_has_room(struct trap_queue *queue, int64_t monotonic)
{
	credit_grow(queue, monotonic);
	return queue->credit >= MINUTE && queue->count < TRAP_QUEUE_MOST;
}

bool trap_queue_add(struct trap_queue *queue, struct trap *trap, int64_t monotonic)
{
	queue->number++;
	if (!trap_queue_has_room(queue, monotonic)) {
		queue->suppressed++;
		trap_free(trap);
		return false;
	}
	queue->credit -= MINUTE;
	trap->number = queue->number;
	queue->waiting[(queue->first + queue->count++) % TRAP_QUEUE_MOST] = *trap;
	memset(trap, 0, sizeof *trap);
	return true;
}

const struct trap *trap_queue_next(const struct trap_queue *queue)
{
	return queue->count > 0 ? &queue->waiting[queue->first] : NULL;
}

void trap_queue_drop(struct trap_queue *queue)
{
	trap_free(&queue->waiting[queue->first]);
	queue->first = (queue->first + 1) % TRAP_QUEUE_MOST;
	queue->count--;
}

bool trap_queue_value(const struct trap_queue *queue, unsigned column, struct value *value)
{
	*value = (struct value){.type = VALUE_COUNTER32};
	switch ((enum notify_column)column) {
	case NOTIFY_NUMBER:
		value->number = queue->number;
		return true;
	case NOTIFY_SENT:
		value->number = queue->sent;
		return true;
	case NOTIFY_SUPPRESSED:
		value->number = queue->suppressed;
		return true;
	case NOTIFY_WAITING:
		value->type = VALUE_GAUGE32;
		value->number = queue->count;
		return true;
	}
	return false;
}
