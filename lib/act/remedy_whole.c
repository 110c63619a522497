/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/act/remedy_whole.h"

#include <stddef.h>
#include <stdlib.h>

#include "lib/act/limits.h"
#include "lib/act/plan.h"
#include "lib/act/remedy.h"
#include "lib/act/remedy_run.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/target/host_names.h"
#include "lib/target/provider.h"

/* Both are of the same lists, and plan_make() takes every host of them: they have the same hosts in the same order. */
static void plan_add(struct plan *plan, const struct plan *later)
{
	plan->selected += later->selected;
	for (size_t i = 0; i < plan->host_count; i++)
		plan->hosts[i].selected += later->hosts[i].selected;
}

void remedy_whole_make(struct remedy_whole *whole, struct remedy_order *orders, size_t count, struct visit *visits,
                       size_t visit_count, const struct deadline *deadline)
{
	*whole = (struct remedy_whole){.plans = must_alloc((count + 1) * sizeof *whole->plans), .count = count};
	if (deadline != NULL)
		host_names_resolve(&whole->names, visits, visit_count, *deadline);
	for (size_t i = count; i-- > 0;) {
		plan_make(&whole->plans[i], visits, visit_count, &orders[i].rule, orders[i].action.act,
		          deadline != NULL ? &whole->names : NULL);
		if (deadline != NULL)
			remedy_orders_leave_out(&orders[i], &whole->plans[i]);
		if (i + 1 < count)
			plan_add(&whole->plans[i], &whole->plans[i + 1]);
		orders[i].whole = &whole->plans[i];
	}
}

void remedy_whole_free(struct remedy_whole *whole)
{
	for (size_t i = 0; i < whole->count; i++)
		plan_free(&whole->plans[i]);
	free(whole->plans);
	host_names_free(&whole->names);
}

int remedy_whole_judge(const struct remedy_order *order, struct error *error)
{
	const struct limit_finding finding = remedy_limits_dry(order, order->whole);

	if (finding.limit == LIMIT_KEPT)
		return 0;
	limit_show(&finding, error);
	return -1;
}
