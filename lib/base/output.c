/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/output.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

int write_whole(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t written = write(fd, bytes, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written == 0)
			errno = EIO;
		if (written <= 0)
			return -1;
		bytes += written;
		length -= (size_t)written;
	}
	return 0;
}

enum { LONGEST_WAIT = 500 }; /* ms: a stop may be asked for without a signal that interrupts poll() */

static int wait_writable(int fd, const struct deadline *deadline, bool (*stopped)(void), struct error *error)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};

	for (;;) {
		int64_t left = deadline_left(deadline);
		int ready = poll(&poll_fd, 1, left < LONGEST_WAIT ? (int)left : LONGEST_WAIT);

		if (ready > 0)
			return 0;
		if (ready < 0 && errno != EINTR)
			return error_errno(error, errno, STEP_NONE, "cannot write the output");
		if (deadline_passed(deadline))
			return error_set(error, ERROR_TIMEOUT, STEP_NONE, "the output is not read");
		if (stopped())
			return error_set(error, ERROR_CANCELLED, STEP_NONE,
			                 "asked to stop while the output is not read");
	}
}

/* A pipe that poll() calls ready takes this many bytes without blocking; a file takes any number. */
static size_t piece(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) ? SSIZE_MAX : PIPE_BUF;
}

int output_write(int fd, const char *text, size_t length, const struct deadline *deadline, bool (*stopped)(void),
                 struct error *error)
{
	const size_t most = piece(fd);

	while (length > 0) {
		ssize_t written;

		if (wait_writable(fd, deadline, stopped, error) < 0)
			return -1;
		written = write(fd, text, length < most ? length : most);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return error_errno(error, written < 0 ? errno : EIO, STEP_NONE, "cannot write the output");
		text += written;
		length -= (size_t)written;
	}
	return 0;
}
