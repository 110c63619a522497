/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/target/provider.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base/text.h"

void trail_begin(struct trail *trail)
{
	memset(trail, 0, sizeof *trail);
	trail->begun = clock_monotonic();
}

void trail_mark(struct trail *trail, enum step step)
{
	int64_t before = 0;

	if (trail->count == TRAIL_STEPS)
		return;
	for (size_t i = 0; i < trail->count; i++)
		before += trail->steps[i].took;
	trail->steps[trail->count].step = step;
	trail->steps[trail->count].took = clock_monotonic() - trail->begun - before;
	trail->count++;
}

void visit_finish(struct visit *visit, visit_done *done, void *context)
{
	if (visit->finished)
		return;
	visit->finished = true;
	if (done != NULL)
		done(visit, context);
}

void visit_one(struct visit *visit, visit_done *done, void *context)
{
	const struct provider *provider = visit->target->provider;
	struct connection *connection = NULL;

	trail_begin(&visit->trail);
	if (provider->open(visit->target, &visit->deadline, &visit->trail, &connection, &visit->error) == 0) {
		provider->list(connection, &visit->deadline, &visit->trail, &visit->snapshot, &visit->error);
		provider->close(connection);
	}
	visit_finish(visit, done, context);
}

const struct provider *provider_find(const struct provider *const providers[], const char *scheme)
{
	for (size_t i = 0; providers[i] != NULL; i++)
		if (text_same(providers[i]->scheme, scheme))
			return providers[i];
	return NULL;
}

const struct provider *provider_of(const struct target *target, const struct session *session)
{
	const struct provider *own =
	    target->providers != NULL ? provider_find(target->providers, session->provider) : NULL;

	return own != NULL ? own : target->provider;
}

const char *provider_withholds(const struct provider *provider, const struct target *target, enum act act)
{
	const struct provider_doubt *doubt = provider->doubt;
	const char *said;

	if (doubt == NULL || doubt->act != act)
		return NULL;
	said = target_option(target, doubt->option);
	return said != NULL && strcmp(said, doubt->value) == 0 ? NULL : doubt->reason;
}

/* No default: the compiler then reports an act without a case. */
const char *act_name(enum act act)
{
	switch (act) {
	case ACT_DISCONNECT:
		return "disconnect";
	case ACT_LOGOFF:
		return "log off";
	case ACT_MESSAGE:
		return "message";
	}
	return "?";
}

const char *outcome_name(enum outcome_code code)
{
	switch (code) {
	case OUTCOME_DONE:
		return "done";
	case OUTCOME_GONE:
		return "already gone";
	case OUTCOME_ANSWERED:
		return "answered";
	case OUTCOME_NO_ANSWER:
		return "no answer";
	}
	return "?";
}
