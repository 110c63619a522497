/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/rds/hosts.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/collect/collect.h"
#include "lib/collect/collect_options.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"
#include "lib/target/target_parse.h"
#include "providers/rds/join.h"
#include "providers/registry.h"

/* ms before our own deadline at which the hosts' ends: to join their lists with the broker's. */
enum { HOST_MARGIN = 350 };

struct deadline host_deadline(const struct deadline *deadline)
{
	return (struct deadline){deadline->at - HOST_MARGIN};
}

/* The broker's option for its hosts, and what tsts calls it. */
static const struct {
	const char *ours, *theirs;
} passed_on[] = {
    {"ccache", "ccache"},
    {"host-auth", "auth"},
    {"host-min-protocol", "min-protocol"},
};

int host_target(struct target *target, const struct target *broker, const char *host, struct arena *arena,
                struct error *error)
{
	enum { OPTIONS = sizeof passed_on / sizeof passed_on[0] };

	if (provider_find(provider_registry, "tsts") == NULL) {
		error_set(error, ERROR_UNSUPPORTED, STEP_OPEN,
		          "%.100s: this build has no provider tsts, which reaches session hosts", host);
		return error_hint(error, "configure it with samba-dev");
	}
	if (target_parse(target, provider_registry, arena_printf(arena, "tsts://%s", host), "", arena, error) < 0)
		return -1;
	target->credentials_file = broker->credentials_file;
	target->options = arena_alloc(arena, OPTIONS * sizeof *target->options);
	for (size_t i = 0; i < OPTIONS; i++) {
		const char *value = target_option(broker, passed_on[i].ours);

		if (value != NULL)
			target->options[target->option_count++] = (struct target_option){passed_on[i].theirs, value};
	}
	return 0;
}

/* One host of one list. */
struct asked {
	const struct broker_list *list;
	const char *host;
	struct target target;
	struct visit *visit;
	struct error error; /* why it cannot even be asked */
};

struct batch {
	struct arena arena;
	struct asked *asked;
	size_t count, room;
};

/* The sessions are sorted by host. */
static void batch_add(struct batch *batch, const struct broker_list *list)
{
	const char *last = "";

	for (size_t i = 0; i < list->snapshot->count; i++) {
		const struct session *session = &list->snapshot->sessions[i];
		struct asked *asked;

		if (session->class != CLASS_USER || list->virtual[i] || strcmp(session->host, last) == 0)
			continue;
		last = session->host;
		batch->asked =
		    arena_grow(&batch->arena, batch->asked, batch->count, &batch->room, sizeof *batch->asked);
		asked = &batch->asked[batch->count++];
		asked->list = list;
		asked->host = last;
		host_target(&asked->target, list->target, last, &batch->arena, &asked->error);
	}
}

/* If no host of a list answers, this machine's network is the likely cause, so nothing is concluded. */
static void batch_doubt(const struct batch *batch, const struct broker_list *list)
{
	size_t asked = 0;

	for (size_t i = 0; i < batch->count; i++) {
		const struct asked *one = &batch->asked[i];

		if (one->list != list)
			continue;
		if (one->visit == NULL || !host_silent(&one->visit->error))
			return;
		asked++;
	}
	if (asked == 0)
		return;
	list->snapshot->complete = false;
	snapshot_notice(list->snapshot, "none of the session hosts answers: what the broker lists cannot be verified");
}

static void batch_run(struct batch *batch, const struct broker_list *lists, size_t count, struct deadline deadline)
{
	struct visit *visits = must_alloc((batch->count + 1) * sizeof *visits);
	struct collect_options options = {
	    .target_timeout = deadline_left(&deadline),
	    .overall = deadline,
	};
	size_t visited = 0;

	for (size_t i = 0; i < batch->count; i++) {
		if (batch->asked[i].error.code != ERROR_NONE)
			continue;
		batch->asked[i].visit = &visits[visited++];
		visit_init(batch->asked[i].visit, &batch->asked[i].target);
		batch->asked[i].visit->needs = batch->asked[i].list->needs;
	}
	collect(visits, visited, &options);
	for (size_t i = 0; i < batch->count; i++) {
		const struct asked *asked = &batch->asked[i];
		struct visit failed = {.error = asked->error};

		join_host(asked->list->snapshot, asked->list->virtual, asked->visit != NULL ? asked->visit : &failed,
		          asked->host, asked->list->place);
	}
	for (size_t i = 0; i < count; i++)
		batch_doubt(batch, &lists[i]);
	for (size_t i = 0; i < visited; i++)
		visit_free(&visits[i]);
	free(visits);
}

void hosts_verify(const struct broker_list *lists, size_t count, struct deadline deadline)
{
	struct batch batch = {.asked = NULL};

	for (size_t i = 0; i < count; i++)
		batch_add(&batch, &lists[i]);
	batch_run(&batch, lists, count, deadline);
	arena_free(&batch.arena);
}
