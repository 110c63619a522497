/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wtsapi/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/root_owned.h"
#include "lib/child/pidfd.h"
#include "lib/child/spawn.h"

#define BROKER "curfew-wtsapi-broker"

/* The process has, or may have, more rights than the account that set its environment. */
static bool host_privileged(void)
{
	return geteuid() == 0 || getauxval(AT_SECURE) != 0 || geteuid() != getuid() || getegid() != getgid();
}

/* A privileged process ignores the environment. */
static const char *setting(const char *name)
{
	const char *value = host_privileged() ? NULL : secure_getenv(name);

	return value != NULL && value[0] == '/' ? value : NULL;
}

void request_begin(struct message *request, const char *op, const char *target)
{
	memset(request, 0, sizeof *request);
	message_put_number(request, "protocol", MESSAGE_PROTOCOL);
	message_put(request, "op", op);
	message_put(request, "caller", program_invocation_short_name);
	message_put(request, "config", setting("CURFEW_WTSAPI_CONFIG"));
	message_put(request, "target", target);
}

/* A privileged process runs only a file that root alone can have put there; program is that file. */
static bool trusted(const char *path, char program[PATH_MAX])
{
	char where[PATH_MAX];

	if (host_privileged())
		return root_owned_program(path, program, where) == ROOT_OWNED;
	return snprintf(program, PATH_MAX, "%s", path) < PATH_MAX;
}

/* The child gets none of the host's signals and descriptors, and the host gets none of ours. */
static int start(const char *path, int end, pid_t *pid)
{
	char name[] = BROKER, search[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char *arguments[] = {name, NULL}, *nothing[] = {search, NULL};
	const struct spawn spawn = {
	    .path = path,
	    .arguments = arguments,
	    .environment = host_privileged() ? nothing : environ,
	    .in = end,
	    .out = end,
	    .err = -1,
	};

	return spawn_program(&spawn, pid);
}

/* Waits for the descriptor: 1, or 0 when the time is over. */
static int await(int fd, short what, int64_t end)
{
	struct pollfd poll_fd = {.fd = fd, .events = what};
	int64_t left;
	int ready;

	do {
		left = end - clock_monotonic();
		ready = left > 0 ? poll(&poll_fd, 1, left < INT_MAX ? (int)left : INT_MAX) : 0;
	} while (ready < 0 && errno == EINTR);
	return ready > 0;
}

/* A descriptor stands for one process, even if its number is used again. */
static bool own_child(int process)
{
	siginfo_t info = {0};

	return waitid((idtype_t)P_PIDFD, (id_t)process, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
}

/* The program that was started forks and exits at once; if it does not, it is killed.  A host that waits for any
 * child may have reaped it, which is no problem. */
static void reap(pid_t pid, int64_t end)
{
	int process = pidfd_of(pid);

	if (process >= 0) {
		if (!pidfd_ended(process, end - clock_monotonic()) && own_child(process))
			pidfd_signal(process, SIGKILL);
		close(process);
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Makes a socket pair with numbers above 2: a host that has closed 0, 1 or 2 may still print. */
static int line_open(int ends[2])
{
	int low[2], failed = 0;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, low) < 0)
		return -1;
	for (int i = 0; i < 2; i++) {
		ends[i] = low[i] > STDERR_FILENO ? low[i] : fcntl(low[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		failed |= ends[i] < 0;
		if (low[i] <= STDERR_FILENO)
			close(low[i]);
	}
	for (int i = 0; failed && i < 2; i++)
		if (ends[i] >= 0)
			close(ends[i]);
	return failed ? -1 : 0;
}

/* Our end of the socket to a new broker, or -1. */
static int broker_start(int64_t end, DWORD *code)
{
	const char *folder = setting("CURFEW_LIBEXECDIR");
	char path[PATH_MAX], program[PATH_MAX];
	int ends[2], failed;
	pid_t pid;

	snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : CURFEW_LIBEXECDIR, BROKER);
	*code = ERROR_MOD_NOT_FOUND;
	if (!trusted(path, program))
		return -1;
	*code = ERROR_NO_SYSTEM_RESOURCES;
	if (line_open(ends) < 0)
		return -1;
	failed = start(program, ends[1], &pid);
	close(ends[1]);
	if (failed == 0) {
		reap(pid, end);
		return ends[0];
	}
	if (failed != ENOMEM && failed != EAGAIN && failed != EMFILE && failed != ENFILE)
		*code = ERROR_MOD_NOT_FOUND;
	close(ends[0]);
	return -1;
}

static DWORD send_all(int fd, const struct message *request, int64_t end)
{
	size_t sent = 0;
	ssize_t got;

	while (sent < request->length) {
		if (!await(fd, POLLOUT, end))
			return ERROR_TIMEOUT;
		got = send(fd, request->bytes + sent, request->length - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (got < 0 && errno != EINTR && errno != EAGAIN)
			return ERROR_BROKEN_PIPE;
		sent += got > 0 ? (size_t)got : 0;
	}
	return ERROR_SUCCESS;
}

static DWORD receive_all(int fd, struct message *reply, int64_t end)
{
	char block[16384];
	ssize_t got;

	while (!message_whole(reply)) {
		if (!await(fd, POLLIN, end))
			return ERROR_TIMEOUT;
		got = recv(fd, block, sizeof block, MSG_DONTWAIT);
		if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
			return ERROR_BROKEN_PIPE; /* it ended in the middle */
		if (got > 0)
			message_add(reply, block, (size_t)got);
		if (reply->failed)
			return ERROR_NOT_ENOUGH_MEMORY;
	}
	return ERROR_SUCCESS;
}

static DWORD ask_now(struct message *request, int64_t end, struct message *reply)
{
	DWORD code = ERROR_NOT_ENOUGH_MEMORY;
	int fd = -1;

	memset(reply, 0, sizeof *reply);
	message_end(request);
	if (request->length > REQUEST_LIMIT)
		code = ERROR_INVALID_PARAMETER;
	else if (!request->failed && (fd = broker_start(end, &code)) >= 0)
		code = send_all(fd, request, end);
	if (code == ERROR_SUCCESS)
		code = receive_all(fd, reply, end);
	if (code == ERROR_SUCCESS && !message_known(reply))
		code = ERROR_REVISION_MISMATCH;
	if (fd >= 0)
		close(fd);
	message_free(request);
	if (code != ERROR_SUCCESS)
		message_free(reply);
	return code;
}

DWORD ask(struct message *request, int64_t patience, struct message *reply)
{
	int before;
	DWORD code;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before); /* the caller holds locks, and we have a child */
	code = ask_now(request, clock_monotonic() + patience, reply);
	pthread_setcancelstate(before, NULL);
	return code;
}
