/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Notifications that wait to be sent.  A limited number per minute is accepted; the others are counted, and leave a gap
 * in the numbers that notifications carry.  Those accepted while snmpd is away wait for it.  Pure: the clock is an
 * argument.
 */
#ifndef CURFEW_TRAP_QUEUE_H
#define CURFEW_TRAP_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/columns.h"
#include "agent/trap.h"

/* curfewNotify; t/mib.t compares them. */
enum notify_column { NOTIFY_NUMBER = 1, NOTIFY_SENT, NOTIFY_SUPPRESSED, NOTIFY_WAITING };

enum { TRAP_QUEUE_MOST = 1024 };

struct trap_queue {
	struct trap waiting[TRAP_QUEUE_MOST]; /* a ring */
	size_t first, count;
	uint32_t rate;             /* a minute */
	int64_t credit, credit_at; /* in traps times a minute's ms; monotonic ms */
	uint32_t number;           /* of the last one, taken or suppressed */
	uint32_t sent, suppressed;
};

void trap_queue_init(struct trap_queue *queue, uint32_t rate, int64_t monotonic);
void trap_queue_free(struct trap_queue *queue);

bool trap_queue_has_room(struct trap_queue *queue, int64_t monotonic);

/* Takes over the trap and numbers it.  false: too many; it is counted, and freed. */
bool trap_queue_add(struct trap_queue *queue, struct trap *trap, int64_t monotonic);

/* The next one to be sent, or NULL; call trap_queue_drop() after it was sent. */
const struct trap *trap_queue_next(const struct trap_queue *queue);
void trap_queue_drop(struct trap_queue *queue);

bool trap_queue_value(const struct trap_queue *queue, unsigned column, struct value *value);

#endif
