/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/poll.h"

#include <stdlib.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/child/child.h"
#include "lib/child/protocol.h"
#include "lib/child/spawn.h"
#include "lib/session/session_json.h"

enum {
	ANSWER_LIMIT = 100000,
	LINES_AT_ONCE = 64 * 1024, /* bytes of whole lines, before the daemon is answered again */
	STATUS_WAIT = 50,          /* ms for the exit status, once the output has closed */
};

void poll_init(struct poll *poll)
{
	*poll = (struct poll){.child = {.out = -1, .err = -1, .pidfd = -1}};
}

int poll_start(struct poll *poll, struct settings *settings, struct error *error)
{
	const struct spawn spawn = {.function = poll_child, .context = settings};

	poll_init(poll);
	if (child_start(&poll->child, "the polling process", spawn, CHILD_OUT | CHILD_ERR, error) < 0)
		return -1;
	poll->deadline = deadline_in(settings->timeout + POLL_GRACE);
	return 0;
}

static struct answer *answer_add(struct poll *poll)
{
	if (poll->count == poll->room) {
		poll->room = poll->room > 0 ? poll->room * 2 : 16;
		poll->answers = must_realloc(poll->answers, poll->room * sizeof *poll->answers);
	}
	return &poll->answers[poll->count++];
}

static int line_take(struct poll *poll, const char *line, size_t length)
{
	json_t *json = json_loadb(line, length, 0, NULL);
	const json_t *failed = json_object_get(json, "failed"), *end = json_object_get(json, "end");
	int result = 0;

	if (failed != NULL) {
		error_from_json(failed, &poll->error);
		result = -1;
	} else if (end != NULL) {
		poll->complete = json_is_integer(end) && (size_t)json_integer_value(end) == poll->count;
	} else if (poll->count == ANSWER_LIMIT || poll->complete) {
		result = error_set(&poll->error, ERROR_PROTOCOL, STEP_LIST, "the polling process does not stop");
	} else {
		result = answer_from_json(json, answer_add(poll), &poll->error);
	}
	json_decref(json);
	return result;
}

static int lines_take(struct poll *poll)
{
	size_t length, taken = 0;
	const char *line;

	while (taken < LINES_AT_ONCE && (line = child_line(&poll->child, &length)) != NULL) {
		if (line_take(poll, line, length) < 0)
			return -1;
		taken += length;
	}
	poll->more = taken >= LINES_AT_ONCE;
	return 0;
}

static enum poll_state fail(struct poll *poll)
{
	struct error error = poll->error;

	poll_stop(poll);
	poll->error = error;
	return POLL_FAILED;
}

/* Its output is over: all has come, or how it ended says why not. */
static enum poll_state output_over(struct poll *poll)
{
	struct error how = {0};

	child_stop(&poll->child, poll->complete ? 0 : STATUS_WAIT, &how);
	if (poll->complete)
		return POLL_DONE;
	poll->error = how;
	error_set(&poll->error, ERROR_CRASHED, STEP_LIST, "the polling process ended before it was done");
	return fail(poll);
}

enum poll_state poll_advance(struct poll *poll)
{
	int moved = 0;

	if (poll->child.pid == 0)
		return POLL_IDLE;
	if (deadline_passed(&poll->deadline)) {
		error_set(&poll->error, ERROR_TIMEOUT, STEP_LIST, "the polling process hangs and was ended");
		return fail(poll);
	}
	if (!poll->more)
		moved = line_move(&poll->child, &poll->error);
	if (poll->error.code != ERROR_NONE || lines_take(poll) < 0)
		return fail(poll);
	return moved < 0 && !poll->more ? output_over(poll) : POLL_RUNNING;
}

struct answer *poll_take(struct poll *poll, size_t *count)
{
	struct answer *answers = poll->answers;

	*count = poll->count;
	poll->answers = NULL;
	poll->count = 0;
	poll_stop(poll);
	return answers;
}

void poll_stop(struct poll *poll)
{
	struct error ignored = {0};

	if (poll->child.pid != 0)
		child_stop(&poll->child, 0, &ignored);
	for (size_t i = 0; i < poll->count; i++)
		answer_free(&poll->answers[i]);
	free(poll->answers);
	poll_init(poll);
}
