/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/ledger/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"

static const char boot_file[] = "/proc/sys/kernel/random/boot_id";

int ledger_clock_now(struct ledger_clock *clock, struct error *error)
{
	struct timespec uptime;
	ssize_t length = -1;
	int fd = open(boot_file, O_RDONLY | O_CLOEXEC);

	memset(clock, 0, sizeof *clock);
	if (fd >= 0) {
		length = read(fd, clock->boot, sizeof clock->boot - 1);
		close(fd);
	}
	if (length <= 0)
		return error_errno(error, errno, STEP_NONE, "cannot read %s", boot_file);
	clock->boot[strcspn(clock->boot, "\n")] = '\0';
	if (clock_gettime(CLOCK_BOOTTIME, &uptime) < 0)
		return error_errno(error, errno, STEP_NONE, "cannot read the clock");
	clock->uptime = (int64_t)uptime.tv_sec * 1000 + uptime.tv_nsec / 1000000;
	clock->wall = clock_now();
	return 0;
}
