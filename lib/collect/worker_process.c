/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/collect/worker_process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/base/trust.h"
#include "lib/collect/worker.h"

enum { READ_SIZE = 65536, READS_AT_ONCE = 16, LEFT_MAX = 64, AFTER_KILL = 100 /* ms */ };

/* Killed, but not dead yet (a process in disk sleep): looked after when the next one is started. */
static pid_t left_behind[LEFT_MAX];

static pthread_mutex_t left_mutex = PTHREAD_MUTEX_INITIALIZER; /* the lanes of a remedy start workers, too */

static void leave_behind(pid_t pid)
{
	pthread_mutex_lock(&left_mutex);
	for (size_t i = 0; i < LEFT_MAX; i++) {
		if (left_behind[i] != 0 && waitpid(left_behind[i], NULL, WNOHANG) != 0)
			left_behind[i] = 0;
		if (pid != 0 && left_behind[i] == 0) {
			left_behind[i] = pid;
			pid = 0;
		}
	}
	pthread_mutex_unlock(&left_mutex);
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* The child's three descriptors. */
struct ends {
	int in, out, err;
};

/* Its stdin is a socket: writing to a dead worker must not raise SIGPIPE. */
static int channels(struct worker *worker, struct ends *ends, struct error *error)
{
	int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1};

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) < 0 || pipe2(out, O_CLOEXEC) < 0 ||
	    pipe2(err, O_CLOEXEC) < 0) {
		error_errno(error, errno, STEP_OPEN, "pipes to %s", worker->name);
		for (int i = 0; i < 2; i++) {
			close_one(&in[i]);
			close_one(&out[i]);
		}
		return -1;
	}
	*ends = (struct ends){in[1], out[1], err[1]};
	worker->in = in[0];
	worker->out = out[0];
	worker->err = err[0];
	fcntl(worker->in, F_SETFL, O_NONBLOCK);
	fcntl(worker->out, F_SETFL, O_NONBLOCK);
	fcntl(worker->err, F_SETFL, O_NONBLOCK);
	return 0;
}

/* A privileged program runs only what nobody but root can have put there.  path becomes the file that was looked at: a
   link on the way to it may belong to others, and be changed. */
static int program_trusted(char path[PATH_MAX], struct error *error)
{
	char resolved[PATH_MAX];
	int fd;

	if (!privileged())
		return 0;
	if (realpath(path, resolved) == NULL) {
		error_errno(error, errno, STEP_OPEN, "%s", path);
		return error_hint(error, "install the worker program, or the package that brings it");
	}
	if ((fd = trusted_open(resolved, false, error)) < 0)
		return -1;
	close(fd);
	memcpy(path, resolved, sizeof resolved);
	return 0;
}

/* A build tree has its workers in other places, which root does not believe. */
static void explain_missing(const struct worker *worker, struct error *error)
{
	error_hint(error,
	           privileged() ? "install the worker program %s (make install, or the package that brings it); "
	                          "root does not run it from a build tree, other accounts do"
	                        : "install the worker program %s, or the package that brings it",
	           worker->name);
}

static int spawn(struct worker *worker, const struct provider *provider, const struct ends *ends, struct error *error)
{
	char path[PATH_MAX], parent[24];
	char parent_option[] = "--parent", *arguments[] = {path, parent_option, parent, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, by_default;
	int failed;

	snprintf(parent, sizeof parent, "%ld", (long)getpid());
	if (helper_path(path, sizeof path, provider->scheme, worker->name, error) < 0)
		return -1;
	if (program_trusted(path, error) < 0) {
		if (access(path, F_OK) < 0)
			explain_missing(worker, error);
		return -1;
	}
	sigemptyset(&none);
	sigfillset(&by_default);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &by_default);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends->in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, ends->out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, ends->err, STDERR_FILENO);
	failed = posix_spawn(&worker->pid, path, &actions, &attributes, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	if (failed == 0)
		return 0;
	worker->pid = 0;
	error_errno(error, failed, STEP_OPEN, "%s", path);
	explain_missing(worker, error);
	return -1;
}

/* A provider without a program, beside others: a child of ours speaks the same protocol. */
static int fork_inside(struct worker *worker, const struct provider *provider, const struct ends *ends,
                       struct error *error)
{
	pid_t parent = getpid();

	if ((worker->pid = fork()) < 0) {
		worker->pid = 0;
		return error_errno(error, errno, STEP_OPEN, "a process for %s", worker->name);
	}
	if (worker->pid > 0) {
		setpgid(worker->pid, worker->pid);
		return 0;
	}
	setpgid(0, 0);
	if (dup2(ends->in, STDIN_FILENO) < 0 || dup2(ends->out, STDOUT_FILENO) < 0 ||
	    dup2(ends->err, STDERR_FILENO) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(1);
	closefrom(3);
	_exit(worker_serve(provider));
}

int worker_start(struct worker *worker, const struct provider *provider, struct error *error)
{
	struct ends ends;
	int result;

	memset(worker, 0, sizeof *worker);
	worker->in = worker->out = worker->err = -1;
	worker->name = provider->program != NULL ? provider->program : provider->scheme;
	leave_behind(0);
	if (channels(worker, &ends, error) < 0)
		return -1;
	result = provider->program != NULL ? spawn(worker, provider, &ends, error)
	                                   : fork_inside(worker, provider, &ends, error);
	close(ends.in);
	close(ends.out);
	close(ends.err);
	if (result < 0)
		worker_stop(worker, 0, error);
	return result;
}

void worker_send(struct worker *worker, json_t *line)
{
	char *text = json_dumps(line, JSON_COMPACT);

	if (text != NULL) {
		buffer_puts(&worker->to, text);
		buffer_add(&worker->to, "\n", 1);
	}
	free(text);
	json_decref(line);
}

void worker_polls(const struct worker *worker, struct pollfd polls[WORKER_POLLS])
{
	polls[0] = (struct pollfd){worker->out, POLLIN, 0};
	polls[1] = (struct pollfd){worker->err, POLLIN, 0};
	polls[2] = (struct pollfd){worker->sent < worker->to.length ? worker->in : -1, POLLOUT, 0};
}

static void move_out(struct worker *worker)
{
	while (worker->in >= 0 && worker->sent < worker->to.length) {
		ssize_t sent =
		    send(worker->in, worker->to.text + worker->sent, worker->to.length - worker->sent, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno == EAGAIN)
			return;
		if (sent < 0) { /* it does not listen any more; its output tells why */
			worker->sent = worker->to.length;
			return;
		}
		worker->sent += (size_t)sent;
	}
}

/* Bytes from a descriptor that does not block: -1 at its end, 0 if there is nothing now. */
static ssize_t read_some(int fd, char *block, size_t size)
{
	ssize_t got;

	do
		got = read(fd, block, size);
	while (got < 0 && errno == EINTR);
	if (got < 0 && errno == EAGAIN)
		return 0;
	return got > 0 ? got : -1;
}

/* Keeps the last line of its stderr that has something in it. */
static void complaint_keep(struct worker *worker)
{
	struct buffer *text = &worker->complaining, escaped = {0};
	struct arena arena = {0};

	if (text->length == 0)
		return;
	text_escape(&escaped, text_clean(&arena, text->text, text->length, sizeof worker->complaint));
	text_copy(worker->complaint, sizeof worker->complaint, buffer_text(&escaped));
	arena_free(&arena);
	buffer_free(&escaped);
	buffer_free(text);
}

static void move_err(struct worker *worker)
{
	char block[1024];
	ssize_t got = 0;

	for (int i = 0; i < READS_AT_ONCE && worker->err >= 0; i++) {
		if ((got = read_some(worker->err, block, sizeof block)) <= 0)
			break;
		for (ssize_t at = 0; at < got; at++) {
			if (block[at] == '\n')
				complaint_keep(worker);
			else if (worker->complaining.length < sizeof worker->complaint)
				buffer_add(&worker->complaining, &block[at], 1);
		}
	}
	if (got < 0)
		close_one(&worker->err);
}

/* Forgets the lines that were given out. */
static void compact(struct worker *worker)
{
	struct buffer *from = &worker->from;

	if (worker->taken == 0)
		return;
	memmove(from->text, from->text + worker->taken, from->length - worker->taken);
	from->length -= worker->taken;
	worker->searched -= worker->taken;
	worker->taken = 0;
}

static int move_in(struct worker *worker, struct error *error)
{
	char block[READ_SIZE];

	compact(worker);
	for (int i = 0; i < READS_AT_ONCE; i++) {
		ssize_t got = worker->out >= 0 ? read_some(worker->out, block, sizeof block) : -1;

		if (got < 0)
			close_one(&worker->out);
		if (got <= 0)
			return got < 0 ? -1 : 0;
		buffer_add(&worker->from, block, (size_t)got);
		if (worker->from.length > WORKER_LINE_LIMIT &&
		    memchr(worker->from.text + worker->searched, '\n', worker->from.length - worker->searched) == NULL)
			return error_set(error, ERROR_PROTOCOL, STEP_LIST, "%s: a line without an end", worker->name);
	}
	return 0;
}

/* Two programs of different installations may mean different things by the same words. */
static int check_greeting(struct worker *worker, const char *line, size_t length, struct error *error)
{
	json_t *greeting = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
	json_t *protocol = json_object_get(greeting, "protocol");
	const char *version = json_string_value(json_object_get(greeting, "version"));

	if (json_is_integer(protocol) && json_integer_value(protocol) == WORKER_PROTOCOL) {
		worker->greeted = true;
	} else if (json_is_integer(protocol)) {
		error_set(error, ERROR_PROTOCOL, STEP_OPEN,
		          "%s (%.20s) speaks version %lld of the worker protocol, and this program version %d",
		          worker->name, version != NULL ? version : "?", (long long)json_integer_value(protocol),
		          WORKER_PROTOCOL);
	} else {
		error_set(error, ERROR_PROTOCOL, STEP_OPEN, "%s does not say which worker protocol it speaks",
		          worker->name);
	}
	json_decref(greeting);
	return worker->greeted
	           ? 0
	           : error_hint(error, "they come from different versions of Curfew: install both from one, "
	                               "and restart curfew-agent");
}

/* Its first line is not for our callers.  -1: nothing that follows is, either. */
static int greet(struct worker *worker, struct error *error)
{
	const char *line;
	size_t length;

	if (worker->greeted || (line = worker_line(worker, &length)) == NULL)
		return 0;
	if (check_greeting(worker, line, length, error) == 0)
		return 0;
	worker->taken = worker->searched = worker->from.length;
	return -1;
}

int worker_move(struct worker *worker, struct error *error)
{
	int moved;

	move_out(worker);
	move_err(worker);
	moved = move_in(worker, error);
	return greet(worker, error) < 0 ? -1 : moved;
}

const char *worker_line(struct worker *worker, size_t *length)
{
	const char *start, *end;

	if (worker->from.length == worker->searched)
		return NULL;
	start = worker->from.text + worker->taken;
	end = memchr(worker->from.text + worker->searched, '\n', worker->from.length - worker->searched);
	if (end == NULL) {
		worker->searched = worker->from.length;
		return NULL;
	}
	*length = (size_t)(end - start);
	worker->taken = worker->searched = (size_t)(end + 1 - worker->from.text);
	return start;
}

/* Waits so many ms for its end, and leaves it a zombie, so that its process group stays its own. */
static bool ended_within(struct worker *worker, int64_t wait, siginfo_t *how)
{
	const struct timespec pause = {0, 500000};
	struct deadline deadline = deadline_in(wait);

	for (;;) {
		memset(how, 0, sizeof *how);
		if (waitid(P_PID, (id_t)worker->pid, how, WEXITED | WNOHANG | WNOWAIT) < 0 && errno != EINTR)
			return false;
		if (how->si_pid == worker->pid)
			return true;
		if (deadline_passed(&deadline))
			return false;
		move_err(worker);
		nanosleep(&pause, NULL);
	}
}

static void tell_end(struct worker *worker, const siginfo_t *how, struct error *error)
{
	const char *colon;

	move_err(worker);
	complaint_keep(worker);
	colon = worker->complaint[0] != '\0' ? ": " : "";
	error_set(error, ERROR_CRASHED, STEP_LIST, "%s %s %d%s%s", worker->name,
	          how->si_code == CLD_EXITED ? "ended with status" : "died of signal", how->si_status, colon,
	          worker->complaint);
}

void worker_hang_up(struct worker *worker)
{
	close_one(&worker->in);
}

void worker_stop(struct worker *worker, int64_t wait, struct error *error)
{
	siginfo_t how;

	close_one(&worker->in);
	if (worker->pid > 0) {
		if (wait > 0 && ended_within(worker, wait, &how) &&
		    (how.si_code != CLD_EXITED || how.si_status != 0 || worker->out < 0))
			tell_end(worker, &how, error);
		kill(-worker->pid, SIGKILL);
		if (ended_within(worker, AFTER_KILL, &how))
			waitpid(worker->pid, NULL, WNOHANG);
		else
			leave_behind(worker->pid);
	}
	worker->pid = 0;
	close_one(&worker->out);
	close_one(&worker->err);
	buffer_free(&worker->to);
	buffer_free(&worker->from);
	buffer_free(&worker->complaining);
}
