/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any number of brokers in one loop, then the hosts of all of them in another.  Brokers with another
 * ticket cache have a loop of their own, one after the other: the cache is the thread's.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "providers/http/http.h"
#include "providers/rds/broker.h"
#include "providers/rds/hosts.h"
#include "providers/rds/join.h"
#include "providers/rds/rds.h"
#include "providers/rds/roster.h"
#include "providers/wsman/access.h"

/* The broker's share of the time if session hosts are asked after it. */
enum { BROKER_SHARE = 60 }; /* % */

struct listing {
	struct visit *visit;
	struct broker broker;
	bool begun, verify;
	bool *virtual;
	visit_done *done;
	void *context;
};

static void finish(struct listing *listing)
{
	if (listing->visit->error.code == ERROR_NONE)
		join_notices(&listing->visit->snapshot, listing->virtual, listing->verify);
	visit_finish(listing->visit, listing->done, listing->context);
}

/* The broker's list is complete: finish, unless session hosts are to be asked. */
static void told(void *context)
{
	struct listing *listing = context;
	struct visit *visit = listing->visit;

	visit->error = listing->broker.error;
	if (visit->error.code == ERROR_NONE)
		roster_fill(&listing->broker.roster, &listing->broker.place, listing->broker.access, &visit->snapshot,
		            &listing->virtual, &visit->error);
	if (visit->error.code != ERROR_NONE || !listing->verify)
		finish(listing);
}

static struct deadline broker_deadline(const struct listing *listing)
{
	const struct deadline *whole = &listing->visit->deadline;

	return listing->verify ? deadline_earlier(*whole, deadline_in(deadline_left(whole) * BROKER_SHARE / 100))
	                       : *whole;
}

static void begin(struct listing *listing, struct http_loop *loop)
{
	struct visit *visit = listing->visit;
	struct deadline deadline;

	trail_begin(&visit->trail);
	if (broker_prepare(&listing->broker, visit->target, loop, &visit->error) < 0) {
		visit_finish(visit, listing->done, listing->context);
		return;
	}
	listing->verify = (visit->needs & NEED_BIRTHS) != 0 || listing->broker.place.verify;
	deadline = broker_deadline(listing);
	broker_ask(&listing->broker, &deadline, &visit->trail, told, listing);
}

/* The listings of the first one's tickets. */
static void ask_brokers(struct listing *listings, size_t count, size_t first)
{
	struct http_loop *loop = http_loop_new(0);

	for (size_t i = first; i < count; i++) {
		if (listings[i].begun || !wsman_same_tickets(listings[i].visit->target, listings[first].visit->target))
			continue;
		listings[i].begun = true;
		if (loop != NULL) {
			begin(&listings[i], loop);
			continue;
		}
		error_set(&listings[i].visit->error, ERROR_SYSTEM, STEP_OPEN, "libcurl could not be started");
		finish(&listings[i]);
	}
	if (loop != NULL)
		http_run(loop, NULL);
	http_loop_free(loop);
}

static void ask_hosts(struct listing *listings, size_t count)
{
	struct broker_list *lists = must_alloc((count + 1) * sizeof *lists);
	struct deadline deadline = {INT64_MAX};
	size_t listed = 0;

	for (size_t i = 0; i < count; i++) {
		struct listing *listing = &listings[i];

		if (listing->visit->finished)
			continue;
		lists[listed++] =
		    (struct broker_list){listing->visit->target, &listing->broker.place, &listing->visit->snapshot,
		                         listing->virtual, listing->visit->needs};
		deadline = deadline_earlier(deadline, host_deadline(&listing->visit->deadline));
	}
	if (listed > 0)
		hosts_verify(lists, listed, deadline);
	for (size_t i = 0; i < count; i++) {
		if (listings[i].visit->finished)
			continue;
		trail_mark(&listings[i].visit->trail, STEP_VERIFY);
		finish(&listings[i]);
	}
	free(lists);
}

void rds_list_many(struct visit **visits, size_t count, visit_done *done, void *context)
{
	struct listing *listings = must_alloc((count + 1) * sizeof *listings);

	for (size_t i = 0; i < count; i++)
		listings[i] = (struct listing){.visit = visits[i], .done = done, .context = context};
	for (size_t i = 0; i < count; i++)
		if (!listings[i].begun)
			ask_brokers(listings, count, i);
	ask_hosts(listings, count);
	for (size_t i = 0; i < count; i++)
		broker_free(&listings[i].broker);
	free(listings);
}
