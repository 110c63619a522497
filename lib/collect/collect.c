/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/collect/collect.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/collect/collect_workers.h"
#include "lib/session/session.h"
#include "lib/target/host_names.h"
#include "lib/target/target.h"

void visit_init(struct visit *visit, const struct target *target)
{
	memset(visit, 0, sizeof *visit);
	visit->target = target;
	visit->needs = NEED_EVERYTHING;
	snapshot_init(&visit->snapshot);
}

void visit_free(struct visit *visit)
{
	snapshot_free(&visit->snapshot);
}

/* The usual and cheapest case: no process and no pipe. */
static bool all_inside(const struct visit *visits, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (visits[i].target->provider != visits[0].target->provider ||
		    visits[i].target->provider->program != NULL)
			return false;
	return true;
}

static void collect_inside(struct visit *visits, size_t count, const struct collect_options *options)
{
	const struct provider *provider = visits[0].target->provider;
	struct visit **places = must_alloc(count * sizeof *places);

	for (size_t i = 0; i < count; i++) {
		places[i] = &visits[i];
		visits[i].deadline = deadline_earlier(deadline_in(options->target_timeout), options->overall);
		if (provider->list_many == NULL)
			visit_one(&visits[i], options->progress, options->context);
	}
	if (provider->list_many != NULL)
		provider->list_many(places, count, options->progress, options->context);
	free(places);
}

void collect(struct visit *visits, size_t count, const struct collect_options *options)
{
	if (count == 0)
		return;
	if (all_inside(visits, count))
		collect_inside(visits, count, options);
	else
		collect_workers(visits, count, options);
}

struct progress {
	size_t done, of;
};

static void progress_count(struct visit *visit, void *context)
{
	struct progress *progress = context;

	(void)visit;
	progress_show("targets", ++progress->done, progress->of);
}

struct visit *collect_targets(const struct target *targets, size_t count, int64_t target_timeout,
                              struct deadline overall, unsigned needs)
{
	struct visit *visits = must_alloc(count * sizeof *visits);
	struct progress progress = {0, count};
	const struct collect_options options = {
	    .target_timeout = target_timeout,
	    .overall = overall,
	    .progress = progress_count,
	    .context = &progress,
	};

	for (size_t i = 0; i < count; i++) {
		visit_init(&visits[i], &targets[i]);
		visits[i].needs = needs;
	}
	collect(visits, count, &options);
	visits_unify(visits, count);
	progress_clear();
	return visits;
}

void visits_free(struct visit *visits, size_t count)
{
	for (size_t i = 0; i < count; i++)
		visit_free(&visits[i]);
	free(visits);
}
