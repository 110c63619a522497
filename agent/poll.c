/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/poll.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/collect/worker.h"
#include "lib/session/session_json.h"

enum {
	READ_SIZE = 64 * 1024,
	ANSWER_LIMIT = 100000,
	PIPE_END = 3, /* where the child finds its end of the pipe */
};

void poll_init(struct poll *poll)
{
	memset(poll, 0, sizeof *poll);
	poll->fd = -1;
}

/* The new process keeps nothing of the old one's but standard input to error and the pipe. */
static _Noreturn void child_begin(const struct settings *settings, int fd, pid_t parent)
{
	sigset_t none;

	sigemptyset(&none);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || dup3(fd, PIPE_END, O_CLOEXEC) < 0)
		_exit(2);
	close_range(PIPE_END + 1, ~0u, 0);
	_exit(poll_child(settings, PIPE_END));
}

int poll_start(struct poll *poll, const struct settings *settings, struct error *error)
{
	pid_t parent = getpid(), pid;
	int ends[2];

	poll_init(poll);
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return error_errno(error, errno, STEP_NONE, "no pipe to the polling process");
	/* The child writes as fast as it is read, and waits. */
	fcntl(ends[1], F_SETFL, 0);
	if (ends[1] == PIPE_END) {
		/* dup3() refuses to copy a descriptor onto itself. */
		int other = fcntl(ends[1], F_DUPFD_CLOEXEC, PIPE_END + 1);

		close(ends[1]);
		ends[1] = other;
	}
	pid = fork();
	if (pid == 0)
		child_begin(settings, ends[1], parent);
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return error_errno(error, errno, STEP_NONE, "cannot start the polling process");
	}
	poll->pid = pid;
	poll->fd = ends[0];
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

/* Takes the whole lines out of what has been read. */
static int lines_take(struct poll *poll)
{
	size_t begin = 0;
	char *end;

	while ((end = memchr(poll->line + poll->searched, '\n', poll->length - poll->searched)) != NULL) {
		size_t next = (size_t)(end - poll->line) + 1;

		if (line_take(poll, poll->line + begin, next - begin) < 0)
			return -1;
		begin = poll->searched = next;
	}
	memmove(poll->line, poll->line + begin, poll->length - begin);
	poll->length -= begin;
	poll->searched = poll->length;
	if (poll->length > WORKER_LINE_LIMIT)
		return error_set(&poll->error, ERROR_PROTOCOL, STEP_LIST, "the polling process sent too long a line");
	return 0;
}

/* The process is gone, or goes now.  One that even SIGKILL does not end is not waited for:
   the caller reaps it when it does. */
static void process_end(struct poll *poll)
{
	if (poll->fd >= 0)
		close(poll->fd);
	poll->fd = -1;
	if (poll->pid > 0 && waitpid(poll->pid, NULL, WNOHANG) == 0) {
		kill(poll->pid, SIGKILL);
		waitpid(poll->pid, NULL, WNOHANG);
	}
	poll->pid = 0;
}

static enum poll_state fail(struct poll *poll)
{
	struct error error = poll->error;

	poll_stop(poll);
	poll->error = error;
	return POLL_FAILED;
}

enum poll_state poll_advance(struct poll *poll)
{
	ssize_t got;

	if (poll->pid == 0)
		return POLL_IDLE;
	if (deadline_passed(&poll->deadline)) {
		error_set(&poll->error, ERROR_TIMEOUT, STEP_LIST, "the polling process hangs and was ended");
		return fail(poll);
	}
	if (poll->allocated - poll->length < READ_SIZE) {
		poll->allocated = poll->allocated * 2 + READ_SIZE;
		poll->line = must_realloc(poll->line, poll->allocated);
	}
	got = read(poll->fd, poll->line + poll->length, READ_SIZE);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return POLL_RUNNING;
	if (got > 0) {
		poll->length += (size_t)got;
		return lines_take(poll) < 0 ? fail(poll) : POLL_RUNNING;
	}
	if (!poll->complete) {
		error_set(&poll->error, ERROR_CRASHED, STEP_LIST, "the polling process ended before it was done");
		return fail(poll);
	}
	process_end(poll);
	return POLL_DONE;
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
	process_end(poll);
	for (size_t i = 0; i < poll->count; i++)
		answer_free(&poll->answers[i]);
	free(poll->answers);
	free(poll->line);
	poll_init(poll);
}
