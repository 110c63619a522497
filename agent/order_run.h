/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Carries orders out, one after the other, each in a process of its own.  That process looks for the session, and then
 * runs the handler of the act (lib/act/handler.h), which alone decides and acts.  The serving process never waits for
 * it.
 */
#ifndef CURFEW_ORDER_RUN_H
#define CURFEW_ORDER_RUN_H

#include <stdbool.h>

#include "agent/order_request.h"
#include "agent/orders.h"
#include "lib/base/error.h"
#include "lib/child/child.h"
#include "lib/config/settings.h"

/* What the process works with. */
struct order_job {
	const struct settings *settings;
	const struct order *order;
	const char *section;
};

struct order_run {
	struct child child; /* its pid is 0: none is under way */
	struct order_job job;
	enum order_result result; /* ORDER_HELD: it has not reported one */
	char reason[256];
};

/* Reads from the settings which sections are for which acts.  The rule's texts belong to the settings. */
int order_rule_make(struct order_rule *rule, struct settings *settings, struct error *error);

void order_run_init(struct order_run *run);
/* Continues the present order, or begins the next.  Returns an order that has ended, or NULL. */
const struct order *order_run_turn(struct order_run *run, struct orders *orders, const struct settings *settings,
                                   const struct order_rule *rule);
/* The present order goes on without this process. */
void order_run_leave(struct order_run *run);

/* The main function of the process (agent/order_child.c), with a struct order_job. */
int order_child(void *job);

#endif
