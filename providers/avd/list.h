/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listing a place: a pool, a session host, or every pool of a group, page by page. */
#ifndef CURFEW_PROVIDERS_AVD_LIST_H
#define CURFEW_PROVIDERS_AVD_LIST_H

#include <stdbool.h>

#include "lib/base/clock.h"
#include "providers/avd/azure.h"
#include "providers/avd/place.h"

struct list_order {
	struct account *account;
	const struct place *place;
	struct deadline deadline;
	struct trail *trail;
	struct snapshot *snapshot; /* must outlive the listing, as place and trail must */
	bool births;               /* where the list of the pool has none, each session host is asked too */
};
/* Calls back once, perhaps at once: the snapshot is filled, or error says why not. */
void list_begin(const struct list_order *order, void (*done)(void *context, const struct error *error), void *context);

#endif
