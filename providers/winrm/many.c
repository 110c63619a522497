/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many hosts in one loop. Each ticket cache has a loop of its own, one after the other. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/target/provider.h"
#include "providers/http/http.h"
#include "providers/winrm/host.h"
#include "providers/winrm/winrm.h"
#include "providers/wsman/access.h"

struct listing {
	struct visit *visit;
	struct host host;
	visit_done *done;
	void *context;
};

static void listed(struct host *host, void *context)
{
	struct listing *listing = context;

	listing->visit->error = host->error;
	visit_finish(listing->visit, listing->done, listing->context);
}

static void begin(struct listing *listing, struct http_loop *loop)
{
	struct visit *visit = listing->visit;

	trail_begin(&visit->trail);
	if (host_prepare(&listing->host, visit->target, loop, &visit->error) < 0)
		visit_finish(visit, listing->done, listing->context);
	else
		host_list(&listing->host, &visit->snapshot, &visit->deadline, &visit->trail, listed, listing);
}

/* Lists the hosts with the same tickets as the first. */
static void list_alike(struct visit **visits, struct listing *listings, bool *begun, size_t count, size_t first,
                       visit_done *done, void *context)
{
	struct http_loop *loop = http_loop_new(0);

	for (size_t i = first; i < count; i++) {
		if (begun[i] || !wsman_same_tickets(visits[i]->target, visits[first]->target))
			continue;
		begun[i] = true;
		listings[i] = (struct listing){.visit = visits[i], .done = done, .context = context};
		if (loop != NULL) {
			begin(&listings[i], loop);
			continue;
		}
		error_set(&visits[i]->error, ERROR_SYSTEM, STEP_OPEN, "libcurl could not be started");
		visit_finish(visits[i], done, context);
	}
	if (loop != NULL)
		http_run(loop, NULL);
	http_loop_free(loop);
}

void winrm_list_many(struct visit **visits, size_t count, visit_done *done, void *context)
{
	struct listing *listings = must_alloc((count + 1) * sizeof *listings);
	bool *begun = must_alloc(count + 1);

	for (size_t i = 0; i < count; i++)
		if (!begun[i])
			list_alike(visits, listings, begun, count, i, done, context);
	for (size_t i = 0; i < count; i++)
		host_free(&listings[i].host);
	free(begun);
	free(listings);
}
