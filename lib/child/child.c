/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/child/child.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/child/pidfd.h"

enum {
	READ_SIZE = 65536,
	READS_AT_ONCE = 16,
	ERR_BLOCK = 1024,
	PIPE_HOLDS = 65536, /* may be left in a pipe whose writer exited (pipe(7)); others may write on */
	LEFT_MAX = 64,
	DEATH_WAIT = 100, /* ms after SIGKILL */
	LOOK_STEP = 10,   /* ms between two looks, if there is no pidfd */
};

/* Children that were killed and have not exited yet (in uninterruptible sleep), or were released. */
static pid_t left_behind[LEFT_MAX];

static pthread_mutex_t left_mutex = PTHREAD_MUTEX_INITIALIZER; /* the threads of a remedy start workers, too */

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

void children_reap(void)
{
	leave_behind(0);
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void close_all(struct child *child)
{
	close_one(&child->in);
	close_one(&child->out);
	close_one(&child->err);
	close_one(&child->pidfd);
	buffer_free(&child->to);
	buffer_free(&child->from);
	buffer_free(&child->complaining);
}

/* Its stdin is a socket, so that MSG_NOSIGNAL can prevent SIGPIPE when the child has exited. */
static int connect_one(bool wanted, bool input, int *ours, int *its)
{
	int ends[2];

	if (!wanted)
		return 0;
	if (input ? socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0 : pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	*ours = ends[0];
	*its = ends[1];
	return fcntl(*ours, F_SETFL, O_NONBLOCK);
}

/* Once its number is recorded, child_stop() can clean up the rest. */
static int begin(struct child *child, const struct spawn *spawn, struct error *error)
{
	bool copy = spawn->function != NULL || spawn->user != NULL;
	int failed = copy ? spawn_copy(spawn, &child->pid) : spawn_program(spawn, &child->pid);

	if (failed != 0) {
		child->pid = 0;
		return spawn->path != NULL ? error_errno(error, failed, STEP_OPEN, "%s", spawn->path)
		                           : error_errno(error, failed, STEP_OPEN, "a process for %s", child->name);
	}
	/* Without pidfd_open() (system call filters, valgrind 3.19) the process is polled at intervals. */
	if ((child->pidfd = pidfd_of(child->pid)) < 0 && errno != ENOSYS && errno != EPERM)
		return error_errno(error, errno, STEP_OPEN, "cannot watch %s", child->name);
	return 0;
}

int child_start(struct child *child, const char *name, struct spawn spawn, unsigned connected, struct error *error)
{
	int result;

	*child = (struct child){
	    .name = name, .pidfd = -1, .in = -1, .out = -1, .err = -1, .status = -1, .line_limit = CHILD_LINE_LIMIT};
	spawn.in = spawn.out = spawn.err = -1;
	children_reap();
	if (connect_one(connected & CHILD_IN, true, &child->in, &spawn.in) < 0 ||
	    connect_one(connected & CHILD_OUT, false, &child->out, &spawn.out) < 0 ||
	    connect_one(connected & CHILD_ERR, false, &child->err, &spawn.err) < 0)
		result = error_errno(error, errno, STEP_OPEN, "pipes to %s", name);
	else
		result = begin(child, &spawn, error);
	close_one(&spawn.in);
	close_one(&spawn.out);
	close_one(&spawn.err);
	if (result < 0)
		child_stop(child, 0, error);
	return result;
}

void child_send(struct child *child, const char *bytes, size_t length)
{
	buffer_add(&child->to, bytes, length);
}

void child_polls(const struct child *child, struct pollfd polls[CHILD_POLLS])
{
	polls[0] = (struct pollfd){child->out, POLLIN, 0};
	polls[1] = (struct pollfd){child->err, POLLIN, 0};
	polls[2] = (struct pollfd){child->sent < child->to.length ? child->in : -1, POLLOUT, 0};
	polls[3] = (struct pollfd){child->ended ? -1 : child->pidfd, POLLIN, 0};
}

static void move_to(struct child *child)
{
	while (child->in >= 0 && child->sent < child->to.length) {
		ssize_t sent =
		    send(child->in, child->to.text + child->sent, child->to.length - child->sent, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno == EAGAIN)
			return;
		if (sent < 0) { /* it no longer reads; its output says why */
			child->sent = child->to.length;
			return;
		}
		child->sent += (size_t)sent;
	}
}

/* Reads from a descriptor that does not block: -1 at its end, 0 if there is nothing now. */
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

/* Keeps the last line of its stderr that is not empty. */
static void complaint_keep(struct child *child)
{
	struct buffer *text = &child->complaining, escaped = {0};
	struct arena arena = {0};

	if (text->length == 0)
		return;
	text_escape(&escaped, text_clean(&arena, text->text, text->length, sizeof child->complaint));
	text_copy(child->complaint, sizeof child->complaint, buffer_text(&escaped));
	arena_free(&arena);
	buffer_free(&escaped);
	buffer_free(text);
}

static void move_err(struct child *child)
{
	char block[ERR_BLOCK];
	ssize_t got = 0;

	for (int i = 0; i < READS_AT_ONCE && child->err >= 0; i++) {
		if ((got = read_some(child->err, block, sizeof block)) <= 0)
			break;
		for (ssize_t at = 0; at < got; at++) {
			if (block[at] == '\n')
				complaint_keep(child);
			else if (child->complaining.length < sizeof child->complaint)
				buffer_add(&child->complaining, &block[at], 1);
		}
	}
	if (got < 0)
		close_one(&child->err);
}

/* Drops the lines that child_line() has returned. */
static void compact(struct child *child)
{
	struct buffer *from = &child->from;

	if (child->taken == 0)
		return;
	memmove(from->text, from->text + child->taken, from->length - child->taken);
	from->length -= child->taken;
	child->searched -= child->taken;
	child->taken = 0;
}

/* No more can come: the process has exited, or has closed its output. */
static int output_over(struct child *child)
{
	const char *end = child->from.length > 0 ? child->from.text + child->from.length - 1 : NULL;

	child->half = end != NULL && child->from.length > child->taken && *end != '\n';
	close_one(&child->out);
	return -1;
}

static int move_from(struct child *child, struct error *error)
{
	char block[READ_SIZE];

	for (int i = 0; i < READS_AT_ONCE; i++) {
		ssize_t got = child->out >= 0 ? read_some(child->out, block, sizeof block) : -1;

		/* Another process may hold the output open after this one has exited. */
		if (got < 0 || (got == 0 && child->ended))
			return output_over(child);
		if (got == 0)
			return 0;
		buffer_add(&child->from, block, (size_t)got);
		if (child->from.length > child->line_limit &&
		    memchr(child->from.text + child->searched, '\n', child->from.length - child->searched) == NULL)
			return error_set(error, ERROR_PROTOCOL, STEP_LIST, "%s: a line is too long", child->name);
	}
	return 0;
}

/* Does not reap the process, so that its process group keeps its number. */
static bool ended_now(const struct child *child, siginfo_t *how)
{
	memset(how, 0, sizeof *how);
	return waitid(P_PID, (id_t)child->pid, how, WEXITED | WNOHANG | WNOWAIT) == 0 && how->si_pid == child->pid;
}

int child_move(struct child *child, struct error *error)
{
	siginfo_t how;

	/* Asked first: what it wrote before its exit can then be read below. */
	if (!child->ended)
		child->ended = child->pidfd >= 0 ? pidfd_ended(child->pidfd, 0) : ended_now(child, &how);
	move_to(child);
	move_err(child);
	compact(child);
	return move_from(child, error);
}

const char *child_line(struct child *child, size_t *length)
{
	const char *start, *end;

	if (child->from.length == child->searched)
		return NULL;
	start = child->from.text + child->taken;
	end = memchr(child->from.text + child->searched, '\n', child->from.length - child->searched);
	if (end == NULL) {
		child->searched = child->from.length;
		return NULL;
	}
	*length = (size_t)(end - start);
	child->taken = child->searched = (size_t)(end + 1 - child->from.text);
	return start;
}

void child_ignore(struct child *child)
{
	child->taken = child->searched = child->from.length;
	child->half = false;
}

/* Waits at most this many ms for its exit. */
static bool ended_within(struct child *child, int64_t patience, siginfo_t *how)
{
	struct deadline deadline = deadline_in(patience);
	struct pollfd polls[] = {{child->pidfd, POLLIN, 0}, {child->err, POLLIN, 0}};

	while (!ended_now(child, how)) {
		int64_t left = deadline_left(&deadline);

		if (left == 0)
			return false;
		if (child->pidfd < 0 && left > LOOK_STEP)
			left = LOOK_STEP;
		if (poll(polls, 2, (int)left) < 0 && errno != EINTR)
			return false;
		move_err(child); /* it may be blocked until somebody reads its stderr */
		polls[1].fd = child->err;
		if (polls[0].revents != 0)
			return ended_now(child, how);
	}
	return true;
}

bool child_ended(struct child *child, int64_t patience)
{
	siginfo_t how;

	return child->pid > 0 && ended_within(child, patience, &how);
}

static void tell_end(struct child *child, const siginfo_t *how, struct error *error)
{
	const char *colon;

	for (int read = 0; read < PIPE_HOLDS; read += READS_AT_ONCE * ERR_BLOCK)
		move_err(child);
	complaint_keep(child);
	colon = child->complaint[0] != '\0' ? ": " : "";
	error_set(error, ERROR_CRASHED, STEP_LIST, "%s %s %d%s%s", child->name,
	          how->si_code == CLD_EXITED ? "ended with status" : "died of signal", how->si_status, colon,
	          child->complaint);
}

void child_hang_up(struct child *child)
{
	close_one(&child->in);
}

/* Kills the group before the leader is reaped: until then nobody else can get its number. */
static void kill_group(struct child *child)
{
	siginfo_t how;

	kill(-child->pid, SIGKILL);
	kill(child->pid, SIGKILL);
	if (!ended_within(child, DEATH_WAIT, &how)) {
		leave_behind(child->pid);
		return;
	}
	if (how.si_code == CLD_EXITED)
		child->status = how.si_status;
	waitpid(child->pid, NULL, WNOHANG);
}

void child_stop(struct child *child, int64_t patience, struct error *error)
{
	siginfo_t how;

	close_one(&child->in);
	if (child->pid > 0) {
		if (patience > 0 && ended_within(child, patience, &how) &&
		    (how.si_code != CLD_EXITED || how.si_status != 0 || child->out < 0))
			tell_end(child, &how, error);
		kill_group(child);
	}
	child->pid = 0;
	close_all(child);
}

void child_let_go(struct child *child)
{
	if (child->pid > 0)
		leave_behind(child->pid);
	child->pid = 0;
	close_all(child);
}
