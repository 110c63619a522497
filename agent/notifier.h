/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notifications: the changes between snapshots, and the acts in audits. */
#ifndef CURFEW_NOTIFIER_H
#define CURFEW_NOTIFIER_H

#include <stddef.h>

#include "agent/acts.h"
#include "agent/audit_tail.h"
#include "agent/orders.h"
#include "agent/table.h"
#include "agent/trap_act.h"
#include "agent/trap_queue.h"
#include "agent/watch.h"
#include "lib/config/settings.h"

struct notifier {
	struct trap_queue queue;
	struct watch watch;
	struct watch_rule rule;
	struct repeats repeats;
	struct acts acts;
	struct audit_tail *audits;
	size_t audit_count;
};

/* The settings must stay valid until the next call.  Counters, and what was sent already, are kept. */
void notifier_set(struct notifier *notifier, const struct settings *settings);
/* Compares a new snapshot with the one before. */
void notifier_look(struct notifier *notifier, const struct table *table);
/* Reports an order that has ended. */
void notifier_order(struct notifier *notifier, const struct order *order);
/* Reads new lines of the audits, and sends notifications that can be sent.  Does not wait. */
void notifier_turn(struct notifier *notifier);
void notifier_close(struct notifier *notifier);

#endif
