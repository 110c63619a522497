/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Orders that one run of a program gives one after the other (disconnect some, log off others) are one plan to the
 * limits: either all of it keeps them, or none is begun.
 */
#ifndef CURFEW_REMEDY_WHOLE_H
#define CURFEW_REMEDY_WHOLE_H

#include <stddef.h>

#include "lib/act/plan.h"
#include "lib/act/remedy.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/target/host_names.h"
#include "lib/target/provider.h"

struct remedy_whole {
	struct host_names names;
	struct plan *plans; /* plans[i]: of the order i and those behind it */
	size_t count;
};

/* Plans all orders over these lists, which are of all targets of the run, and fills the `whole` of each.  deadline:
   NULL: the resolver is not asked, for a dry run.  The visits must live as long. */
void remedy_whole_make(struct remedy_whole *whole, struct remedy_order *orders, size_t count, struct visit *visits,
                       size_t visit_count, const struct deadline *deadline);
void remedy_whole_free(struct remedy_whole *whole);

/* Do the order and those behind it keep the limits, as far as can be told without the records?  -1: *error says which
   limit they would break. */
int remedy_whole_judge(const struct remedy_order *order, struct error *error);

#endif
