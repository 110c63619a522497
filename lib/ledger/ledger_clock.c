/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/ledger/ledger_clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/ledger/ledger.h"
#include "lib/ledger/ledger_file.h"

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

bool clock_moved(int64_t change)
{
	return change > CLOCK_JUMP || change < -CLOCK_JUMP;
}

int own_clock_moved(struct ledger *ledger, const struct ledger_clock *now, struct error *error)
{
	sqlite3_stmt *statement = ledger_ask(ledger, QUERY_CLOCK, error, "");
	int result = statement != NULL ? ledger_row(ledger, statement, error) : -1;

	if (result <= 0)
		return result;
	result = clock_moved((now->wall - sqlite3_column_int64(statement, 0)) -
	                     (now->uptime - sqlite3_column_int64(statement, 1))) &&
	         strcmp(now->boot, (const char *)sqlite3_column_text(statement, 2)) == 0;
	/* After a restart the two clocks cannot be compared; only a time that went back shows. */
	result |= now->wall < sqlite3_column_int64(statement, 0) - CLOCK_JUMP;
	sqlite3_reset(statement);
	return result;
}
