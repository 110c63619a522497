/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The polling process: collects, gives hosts their index, tells. */
#include "agent/poll.h"

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/answer.h"
#include "agent/host_index.h"
#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/child/protocol.h"
#include "lib/collect/collect.h"
#include "lib/config/settings.h"
#include "lib/session/session.h"
#include "lib/session/session_json.h"
#include "lib/target/provider.h"

static void host_add(struct answer *answer, uint32_t index, const char *name, size_t *room)
{
	if (answer->host_count == *room) {
		*room = *room > 0 ? *room * 2 : 4;
		answer->hosts = must_realloc(answer->hosts, *room * sizeof *answer->hosts);
	}
	answer->hosts[answer->host_count++] = (struct answer_host){index, name};
}

/* The host that answered and every other one that a session names. */
static void hosts_seen(struct answer *answer, struct host_index *index)
{
	const struct snapshot *snapshot = &answer->snapshot;
	size_t room = 0, guess = 0;

	host_add(answer, host_index_get(index, answer->url, snapshot->host), snapshot->host, &room);
	for (size_t i = 0; i < snapshot->count; i++) {
		const struct session *session = &snapshot->sessions[i];

		if (answer_host_find(answer, session, &guess) == answer->host_count)
			host_add(answer, host_index_get(index, answer->url, session->host), session->host, &room);
	}
}

/* No answer: the hosts it gave before. */
static void hosts_known(struct answer *answer, struct host_index *index)
{
	size_t room = 0, position = 0;
	const struct host_entry *entry;

	while ((entry = host_index_next(index, answer->url, &position)) != NULL)
		host_add(answer, entry->index, entry->host, &room);
	if (answer->host_count == 0)
		host_add(answer, host_index_get(index, answer->url, ""), "", &room);
}

static json_t *visit_to_json(const struct visit *visit, struct host_index *index)
{
	struct answer answer = {
	    .target = visit->target->label,
	    .url = visit->target->url,
	    .provider = visit->target->scheme,
	    .shared = visit->shared,
	    .shared_with = visit->shared_with,
	    .snapshot = visit->snapshot,
	    .error = visit->error,
	};
	json_t *json;

	if (answer.error.code == ERROR_NONE)
		hosts_seen(&answer, index);
	else
		hosts_known(&answer, index);
	json = answer_to_json(&answer);
	free(answer.hosts);
	return json;
}

/* Indexes are on the disk before anybody is told of them. */
static int tell(const struct settings *settings, const struct state_dir *dir, const struct visit *visits,
                struct error *error)
{
	struct host_index index;
	json_t **lines = must_alloc((settings->target_count + 1) * sizeof *lines);

	if (host_index_load(&index, dir, error) < 0)
		return -1;
	for (size_t i = 0; i < settings->target_count; i++)
		lines[i] = visit_to_json(&visits[i], &index);
	if (host_index_save(&index, dir, error) < 0)
		return -1;
	for (size_t i = 0; i < settings->target_count; i++)
		if (line_write(STDOUT_FILENO, lines[i]) < 0)
			return error_set(error, ERROR_SYSTEM, STEP_NONE, "nobody reads the answers");
	return line_write(STDOUT_FILENO, json_pack("{s:I}", "end", (json_int_t)settings->target_count));
}

/* Its memory goes with the process. */
int poll_child(void *context)
{
	const struct settings *settings = context;
	struct error error = {0};
	struct state_dir dir;
	const struct visit *visits;

	if (greeting_write(STDOUT_FILENO) < 0)
		return 2;
	visits = collect_targets(settings->targets, settings->target_count, settings->target_timeout,
	                         deadline_in(settings->timeout), NEED_EVERYTHING);
	if (state_dir_open_as(&dir, settings->state_dir, settings->state_dir_shared, &error) == 0 &&
	    tell(settings, &dir, visits, &error) == 0)
		return 0;
	line_write(STDOUT_FILENO, json_pack("{s:o}", "failed", error_to_json(&error)));
	return 2;
}
