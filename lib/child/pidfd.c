/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/child/pidfd.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/clock.h"

int pidfd_of(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

int pidfd_signal(int pidfd, int number)
{
	return (int)syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0);
}

bool pidfd_ended(int pidfd, int64_t patience)
{
	struct pollfd end = {.fd = pidfd, .events = POLLIN};
	int64_t last = clock_monotonic() + patience, left;
	int ready;

	do {
		left = last - clock_monotonic();
		ready = poll(&end, 1, left <= 0 ? 0 : left < INT_MAX ? (int)left : INT_MAX);
	} while (ready < 0 && errno == EINTR);
	return ready > 0;
}
