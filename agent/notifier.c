/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/notifier.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/acts.h"
#include "agent/agentx.h"
#include "agent/audit_tail.h"
#include "agent/orders.h"
#include "agent/trap.h"
#include "agent/trap_act.h"
#include "agent/trap_queue.h"
#include "agent/watch.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/log.h"

static void audits_close(struct notifier *notifier)
{
	for (size_t i = 0; i < notifier->audit_count; i++) {
		free((char *)notifier->audits[i].path);
		audit_tail_close(&notifier->audits[i]);
	}
	free(notifier->audits);
	notifier->audits = NULL;
	notifier->audit_count = 0;
}

/* One that was followed before is followed on from where it was. */
static void audits_set(struct notifier *notifier, const struct string_list *paths)
{
	struct audit_tail *audits = must_alloc((paths->count + 1) * sizeof *audits);

	for (size_t i = 0; i < paths->count; i++) {
		size_t before = 0;

		while (before < notifier->audit_count && (notifier->audits[before].path == NULL ||
		                                          strcmp(notifier->audits[before].path, paths->items[i]) != 0))
			before++;
		if (before == notifier->audit_count) {
			audit_tail_open(&audits[i], must_strdup(paths->items[i]));
			continue;
		}
		audits[i] = notifier->audits[before];
		notifier->audits[before] = (struct audit_tail){.now.fd = -1, .former.fd = -1};
	}
	audits_close(notifier);
	notifier->audits = audits;
	notifier->audit_count = paths->count;
}

void notifier_set(struct notifier *notifier, const struct settings *settings)
{
	if (notifier->queue.rate == 0)
		trap_queue_init(&notifier->queue, (uint32_t)settings->notify_rate, clock_monotonic());
	notifier->queue.rate = (uint32_t)settings->notify_rate;
	notifier->rule = (struct watch_rule){
	    .idle = settings->notify_idle,
	    .disconnected = settings->notify_disconnected,
	    .overdue = settings->notify_overdue,
	    .hosts = settings->notify_hosts,
	};
	audits_set(notifier, &settings->notify_audits);
}

void notifier_look(struct notifier *notifier, const struct table *table)
{
	watch_look(&notifier->watch, table, &notifier->rule, &notifier->queue, clock_monotonic());
}

void notifier_order(struct notifier *notifier, const struct order *order)
{
	struct trap trap;

	log_line(LOG_LEVEL_INFO, "order %u: %s%s%s", order->number, order_result_word(order->result),
	         order->reason[0] != '\0' ? ": " : "", order->reason);
	order_trap(&trap, order);
	trap_queue_add(&notifier->queue, &trap, clock_monotonic());
}

static void line_take(void *context, const char *line, size_t length)
{
	struct notifier *notifier = context;
	json_t *json = json_loadb(line, length, 0, NULL);
	int64_t monotonic = clock_monotonic();
	struct trap trap;

	if (json != NULL)
		acts_add(&notifier->acts, json);
	if (json != NULL && trap_of_audit(&trap, json)) {
		if ((trap.kind == TRAP_SESSION_REFUSED || trap.kind == TRAP_LIMIT_TRIPPED) &&
		    repeats_sent(&notifier->repeats, json, monotonic))
			trap_free(&trap);
		else
			trap_queue_add(&notifier->queue, &trap, monotonic);
	}
	json_decref(json);
}

static void audit_read(struct notifier *notifier, struct audit_tail *tail)
{
	struct error error = {0};
	int result = audit_tail_read(tail, line_take, notifier, &error);

	if (result < 0 && !tail->failing)
		log_line(LOG_LEVEL_WARNING, "no notifications of acts: %s", error.text);
	else if (result == 0 && tail->failing)
		log_line(LOG_LEVEL_INFO, "%s can be read again", tail->path);
	tail->failing = result < 0;
}

void notifier_turn(struct notifier *notifier)
{
	const struct trap *trap;

	for (size_t i = 0; i < notifier->audit_count; i++)
		audit_read(notifier, &notifier->audits[i]);
	while ((trap = trap_queue_next(&notifier->queue)) != NULL && agentx_trap_send(trap)) {
		notifier->queue.sent++;
		trap_queue_drop(&notifier->queue);
	}
}

void notifier_close(struct notifier *notifier)
{
	audits_close(notifier);
	watch_free(&notifier->watch);
	acts_free(&notifier->acts);
	trap_queue_free(&notifier->queue);
}
