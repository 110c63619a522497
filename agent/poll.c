/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/poll.h"

#include <errno.h>
#include <jansson.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/child/child.h"
#include "lib/child/protocol.h"
#include "lib/child/spawn.h"
#include "lib/session/session_json.h"

enum {
	LINE_LIMIT = 64 * 1024, /* bytes */
	NOTICE_LIMIT = 1000,    /* lines, and bytes of one */
	STATUS_WAIT = 50,       /* ms for the exit status, once the output has closed */
};

void poll_init(struct poll *poll)
{
	*poll = (struct poll){.child = {.out = -1, .err = -1, .pidfd = -1}, .memfd = -1};
}

/* The child has the memfd as its descriptor 3 (lib/child/spawn.h). */
int poll_start(struct poll *poll, const struct poll_order *order, struct error *error)
{
	struct poll_order given = *order;
	struct spawn spawn = {.function = poll_child, .context = &given};

	poll_init(poll);
	poll->memfd = memfd_create("curfew-snapshot", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (poll->memfd < 0)
		return error_errno(error, errno, STEP_OPEN, "no memory for a snapshot");
	spawn.kept = poll->memfd;
	given.memfd = SPAWN_KEPT;
	if (child_start(&poll->child, "the polling process", spawn, CHILD_IN | CHILD_OUT | CHILD_ERR, error) < 0) {
		poll_stop(poll);
		return -1;
	}
	poll->child.line_limit = LINE_LIMIT;
	poll->deadline = deadline_in(order->settings->timeout + POLL_GRACE);
	return 0;
}

static int reject(struct poll *poll, const char *why)
{
	return error_set(&poll->error, ERROR_PROTOCOL, STEP_LIST, "the polling process %s", why);
}

static int notice_take(struct poll *poll, const json_t *notice)
{
	if (poll->notices.count == NOTICE_LIMIT)
		return reject(poll, "does not stop");
	string_list_add(&poll->notices, &poll->arena,
	                text_clean(&poll->arena, json_string_value(notice), json_string_length(notice), NOTICE_LIMIT));
	return 0;
}

static int line_take(struct poll *poll, const char *line, size_t length)
{
	json_t *json = json_loadb(line, length, 0, NULL);
	const json_t *failed = json_object_get(json, "failed"), *end = json_object_get(json, "end"),
	             *notice = json_object_get(json, "notice"), *unpublished = json_object_get(json, "unpublished");
	int result = 0;

	if (failed != NULL) {
		error_from_json(failed, &poll->error);
		result = -1;
	} else if (json_is_string(notice)) {
		result = notice_take(poll, notice);
	} else if (unpublished != NULL) {
		error_from_json(unpublished, &poll->unpublished);
	} else if (json_integer_value(end) > 0 && json_integer_value(end) <= INT32_MAX) {
		poll->size = (size_t)json_integer_value(end);
	} else {
		result = reject(poll, "sent what is no answer");
	}
	json_decref(json);
	return result;
}

static enum poll_state fail(struct poll *poll)
{
	struct error error = poll->error;

	poll_stop(poll);
	poll->error = error;
	return POLL_FAILED;
}

/* Its output is over before it was done: how it ended says why. */
static enum poll_state output_over(struct poll *poll)
{
	child_stop(&poll->child, STATUS_WAIT, &poll->error);
	error_set(&poll->error, ERROR_CRASHED, STEP_LIST, "the polling process ended before it was done");
	return fail(poll);
}

static enum poll_state snapshot_take(struct poll *poll)
{
	poll->table = table_map(poll->memfd, poll->size, &poll->error);
	return poll->table != NULL ? POLL_DONE : fail(poll);
}

/* Its table was taken. */
static enum poll_state leave(struct poll *poll)
{
	struct error ignored = {0};
	bool over = child_move(&poll->child, &ignored) < 0 || deadline_passed(&poll->deadline);

	child_ignore(&poll->child);
	if (!over)
		return POLL_RUNNING;
	poll_stop(poll);
	return POLL_IDLE;
}

enum poll_state poll_advance(struct poll *poll)
{
	const char *line;
	size_t length;
	int moved;

	if (poll->child.pid == 0)
		return POLL_IDLE;
	if (poll->leaving)
		return leave(poll);
	if (poll->table != NULL)
		return POLL_DONE;
	if (deadline_passed(&poll->deadline)) {
		error_set(&poll->error, ERROR_TIMEOUT, STEP_LIST, "the polling process hangs and was ended");
		return fail(poll);
	}
	moved = line_move(&poll->child, &poll->error);
	if (poll->error.code != ERROR_NONE)
		return fail(poll);
	while (poll->size == 0 && (line = child_line(&poll->child, &length)) != NULL)
		if (line_take(poll, line, length) < 0)
			return fail(poll);
	if (poll->size > 0)
		return snapshot_take(poll);
	return moved < 0 ? output_over(poll) : POLL_RUNNING;
}

/* The child ends when its input does, and so after the old table was given back. */
struct table *poll_take(struct poll *poll, struct table *old)
{
	struct table *table = poll->table;

	poll->table = NULL;
	close(poll->memfd);
	poll->memfd = -1;
	arena_free(&poll->arena);
	poll->notices = (struct string_list){0};
	table_free(old);
	child_hang_up(&poll->child);
	poll->leaving = true;
	return table;
}

void poll_stop(struct poll *poll)
{
	struct error ignored = {0};

	if (poll->child.pid != 0)
		child_stop(&poll->child, 0, &ignored);
	if (poll->memfd >= 0)
		close(poll->memfd);
	table_free(poll->table);
	arena_free(&poll->arena);
	poll_init(poll);
}
