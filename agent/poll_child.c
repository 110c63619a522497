/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The polling process: collects, gives hosts their index, tells. */
#include "agent/poll.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "agent/answer.h"
#include "agent/host_index.h"
#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/collect/collect.h"
#include "lib/config/settings.h"
#include "lib/session/session.h"
#include "lib/session/session_json.h"
#include "lib/target/provider.h"

static void line_write(FILE *out, json_t *json)
{
	json_dumpf(json, out, JSON_COMPACT);
	putc('\n', out);
	json_decref(json);
}

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
static int tell(const struct settings *settings, const struct state_dir *dir, const struct visit *visits, FILE *out,
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
		line_write(out, lines[i]);
	line_write(out, json_pack("{s:I}", "end", (json_int_t)settings->target_count));
	return 0;
}

/* Its memory goes with the process. */
int poll_child(const struct settings *settings, int fd)
{
	struct collect_options options = {.target_timeout = settings->target_timeout};
	struct visit *visits = must_alloc((settings->target_count + 1) * sizeof *visits);
	FILE *out = fdopen(fd, "w");
	struct error error = {0};
	struct state_dir dir;

	if (out == NULL)
		return 2;
	options.overall = deadline_in(settings->timeout);
	for (size_t i = 0; i < settings->target_count; i++)
		visit_init(&visits[i], &settings->targets[i]);
	collect(visits, settings->target_count, &options);
	if (state_dir_open_as(&dir, settings->state_dir, settings->state_dir_shared, &error) < 0 ||
	    tell(settings, &dir, visits, out, &error) < 0)
		line_write(out, json_pack("{s:o}", "failed", error_to_json(&error)));
	return fclose(out) == 0 && error.code == ERROR_NONE ? 0 : 2;
}
