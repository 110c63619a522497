/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The polling process: collects, gives hosts their index, packs. */
#include "agent/poll.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "agent/answer.h"
#include "agent/block.h"
#include "agent/columns.h"
#include "agent/grid.h"
#include "agent/host_index.h"
#include "agent/host_seen.h"
#include "agent/pack.h"
#include "agent/publish.h"
#include "agent/rows.h"
#include "agent/table.h"
#include "agent/value.h"
#include "agent/verdicts.h"
#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/name_index.h"
#include "lib/child/protocol.h"
#include "lib/collect/collect.h"
#include "lib/config/settings.h"
#include "lib/session/session.h"
#include "lib/session/session_json.h"
#include "lib/target/provider.h"

/* ms for the verdicts when the hosts have answered; less than POLL_GRACE. */
enum { VERDICTS_WAIT = POLL_GRACE / 2 };

/* The host that answered, every other one that a session names, and those of a pool that its system lists. */
static void hosts_seen(struct answer *answer, struct host_index *index)
{
	const struct snapshot *snapshot = &answer->snapshot;

	answer_host_add(answer, host_index_get(index, answer->url, snapshot->host), snapshot->host);
	for (size_t i = 0; i < snapshot->count; i++) {
		const struct session *session = &snapshot->sessions[i];

		if (answer_host_find(answer, session) == answer->host_count)
			answer_host_add(answer, host_index_get(index, answer->url, session->host), session->host);
	}
	for (size_t i = 0; i < snapshot->hosts.count; i++) {
		const char *host = snapshot->hosts.items[i];

		answer_host_add(answer, host_index_get(index, answer->url, host), host)->listed = true;
	}
}

/* What the agent knows of its hosts when a poll begins. */
struct known {
	const struct table *previous;
	struct state_dir dir;
	struct host_index index;
	struct host_seen seen; /* before the agent's start; later, the previous table knows better */
};

static int known_load(struct known *known, const struct poll_order *order, struct error *error)
{
	const struct settings *settings = order->settings;

	*known = (struct known){.previous = order->previous};
	if (state_dir_open_as(&known->dir, settings->state_dir, settings->state_dir_shared, error) < 0 ||
	    host_index_load(&known->index, &known->dir, error) < 0)
		return -1;
	host_seen_load(&known->seen, &known->dir);
	return 0;
}

/* Had it a row, and when was it seen? */
static bool had_row(const struct known *known, uint32_t index, struct moment *seen)
{
	const struct block_part *hosts = &known->previous->block.parts[BLOCK_HOSTS];
	size_t row = block_find(hosts, (struct key){{index, 0}});
	struct value value;
	int64_t when;

	*seen = (struct moment){0};
	if (known->previous->block.serial == 0) {
		if (!host_seen_at(&known->seen, index, &when))
			return false;
		*seen = moment_at(when);
		return true;
	}
	if (block_read(hosts, HOST_LAST_SEEN, row, &value))
		*seen = moment_at((int64_t)value.number);
	return row < block_rows(hosts);
}

/* Hosts that an earlier snapshot had: of a target that does not answer all of them, else those with a session not
   long ago, so that an empty host of a pool can be distinguished from one that is gone. */
static void host_keep(struct answer *answer, const struct host_entry *entry, const struct known *known, int64_t since)
{
	struct moment seen;

	if (had_row(known, entry->index, &seen) &&
	    (answer->error.code != ERROR_NONE || (seen.is == MOMENT_KNOWN && seen.at >= since)))
		answer_host_add(answer, entry->index, entry->host);
}

static void hosts_keep(struct answer *answers, size_t count, const struct known *known, int64_t since)
{
	const struct host_index *index = &known->index;
	struct arena arena = {0};
	struct name_index urls = {.arena = &arena};

	for (size_t i = 0; i < count; i++)
		name_index_add(&urls, answers[i].url);
	for (size_t i = 0; urls.count == count && i < index->count; i++) {
		const struct host_entry *entry = &index->entries[i];
		size_t at = name_index_find(&urls, entry->url);

		if (at != NAME_NONE && strcmp(answers[at].url, entry->url) == 0)
			host_keep(&answers[at], entry, known, since);
	}
	arena_free(&arena);
}

/* No answer since the start: the hosts it ever gave. */
static void hosts_known(struct answer *answer, struct host_index *index)
{
	size_t position = 0;
	const struct host_entry *entry;

	while ((entry = host_index_next(index, answer->url, &position)) != NULL)
		answer_host_add(answer, entry->index, entry->host);
	if (answer->host_count == 0)
		answer_host_add(answer, host_index_get(index, answer->url, ""), "");
}

static struct answer answer_make(const struct visit *visit, struct host_index *index)
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

	if (answer.error.code == ERROR_NONE)
		hosts_seen(&answer, index);
	return answer;
}

static int shared_tell(const struct answer *answer)
{
	struct arena arena = {0};
	const char *text = arena_printf(&arena, "%s: %zu of its sessions are listed by %s too, and counted there",
	                                answer->target, answer->shared, answer->shared_with);
	int result = line_write(STDOUT_FILENO, json_pack("{s:o}", "notice", json_string(text)));

	arena_free(&arena);
	return result;
}

/* Indexes are on the disk before they are served. */
static struct answer *answers_make(const struct settings *settings, const struct visit *visits, struct known *known,
                                   struct error *error)
{
	struct answer *answers = must_alloc((settings->target_count + 1) * sizeof *answers);

	for (size_t i = 0; i < settings->target_count; i++)
		answers[i] = answer_make(&visits[i], &known->index);
	hosts_keep(answers, settings->target_count, known, clock_now() - settings->keep_hosts);
	for (size_t i = 0; i < settings->target_count; i++) {
		if (answers[i].host_count == 0)
			hosts_known(&answers[i], &known->index);
		for (size_t j = 0; j < answers[i].host_count; j++)
			had_row(known, answers[i].hosts[j].index, &answers[i].hosts[j].seen);
	}
	return host_index_save(&known->index, &known->dir, error) == 0 ? answers : NULL;
}

/* Without these times, a restart forgets the empty hosts of pools: no reason to serve nothing. */
static int times_leave(const struct known *known, const struct rows *rows, int64_t keep)
{
	struct error error = {0};

	if (host_seen_save(&known->seen, &known->dir, rows, keep, &error) == 0)
		return 0;
	return line_write(STDOUT_FILENO, json_pack("{s:s}", "notice", error.text));
}

/* Without the file, the subagent serves all the same. */
static int file_leave(const char *path, const struct packed *packed)
{
	struct error error = {0};

	if (path == NULL || publish_write(path, packed, &error) == 0)
		return 0;
	return line_write(STDOUT_FILENO, json_pack("{s:o}", "unpublished", error_to_json(&error)));
}

static int block_leave(const struct rows *rows, const char *path, int fd, struct error *error)
{
	struct packed packed;

	if (rows_pack(rows, &packed, error) < 0 || packed_write(&packed, fd, error) < 0)
		return -1;
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0)
		return error_errno(error, errno, STEP_NONE, "cannot seal the snapshot");
	if (file_leave(path, &packed) < 0 ||
	    line_write(STDOUT_FILENO, json_pack("{s:I}", "end", (json_int_t)packed.size)) < 0)
		return error_set(error, ERROR_SYSTEM, STEP_NONE, "the reader of the answers has exited");
	return 0;
}

/* Until the serving process closes our input: see agent/poll.h. */
static void wait_for_end(void)
{
	char nothing;

	while (read(STDIN_FILENO, &nothing, 1) > 0 || errno == EINTR)
		errno = 0;
}

/* A report without verdicts is better than none; said after a start only, as it comes with each poll. */
static void verdicts_missing(const struct poll_order *order, const struct error *error)
{
	struct arena arena = {0};
	const char *text = arena_printf(&arena, "nothing is known of policies: %s", error->text);

	if (order->previous->block.serial == 0)
		(void)line_write(STDOUT_FILENO, json_pack("{s:o}", "notice", json_string(text)));
	arena_free(&arena);
}

static void verdicts_ask(struct verdicts *verdicts, const struct poll_order *order)
{
	struct error error = {0};

	if ((order->settings->show_policies || order->settings->remember) &&
	    verdicts_begin(verdicts, order->settings, &error) < 0)
		verdicts_missing(order, &error);
}

static void verdicts_wait(struct verdicts *verdicts, const struct poll_order *order)
{
	const struct deadline deadline = deadline_in(VERDICTS_WAIT);
	struct error error = {0};

	if (verdicts->child.pid != 0 && verdicts_take(verdicts, &deadline, &error) < 0)
		verdicts_missing(order, &error);
}

static int order_carry_out(const struct poll_order *order, struct error *error)
{
	const struct settings *settings = order->settings;
	const struct deadline deadline = deadline_in(settings->timeout);
	int64_t begun = clock_monotonic(), now;
	struct verdicts verdicts = {0};
	const struct row_rule rule = {
	    .begun = clock_now(),
	    .idle_after = settings->idle_after,
	    .classes = settings->class_bits,
	    .filter = &settings->filter,
	};
	const struct visit *visits;
	const struct answer *answers;
	struct known known;
	struct rows rows;

	verdicts_ask(&verdicts, order);
	visits = collect_targets(settings->targets, settings->target_count, settings->target_timeout, deadline,
	                         NEED_EVERYTHING);
	if (known_load(&known, order, error) < 0 || (answers = answers_make(settings, visits, &known, error)) == NULL)
		return -1;
	verdicts_wait(&verdicts, order);
	for (size_t i = 0; i < settings->target_count; i++)
		if (rows_share_newly(order->previous, &answers[i]) && shared_tell(&answers[i]) < 0)
			return error_set(error, ERROR_SYSTEM, STEP_NONE, "the reader of the answers has exited");
	now = clock_monotonic();
	rows_make(&rows, answers, settings->target_count, order->previous, &rule, clock_now(), now);
	for (size_t i = 0; i < rows.session_count; i++)
		rows.sessions[i].verdict = verdicts_find(&verdicts, rows.sessions[i].session);
	rows.circumstances = (struct circumstances){
	    .poll_interval = settings->poll_interval,
	    .idle_after = settings->idle_after,
	    .poll_duration = now - begun,
	    .agent_start = order->agent_start,
	    .counted_since = order->counted_since,
	    .poll_failures = order->poll_failures,
	};
	if (times_leave(&known, &rows, settings->keep_hosts) < 0)
		return error_set(error, ERROR_SYSTEM, STEP_NONE, "nobody reads the answers");
	return block_leave(&rows, settings->snapshot_file, order->memfd, error);
}

/* Its memory goes with the process. */
int poll_child(void *context)
{
	struct error error = {0};

	if (greeting_write(STDOUT_FILENO) < 0)
		return 2;
	if (order_carry_out(context, &error) == 0) {
		wait_for_end();
		return 0;
	}
	line_write(STDOUT_FILENO, json_pack("{s:o}", "failed", error_to_json(&error)));
	return 2;
}
