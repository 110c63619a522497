/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/linux/memory.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "lib/session/session.h"
#include "providers/linux/process.h"

/* "MemTotal:       24689764 kB", at the beginning of a line. */
static bool find_line(const char *meminfo, const char *name, uint64_t *kib)
{
	for (const char *line = meminfo; line != NULL; line = strchr(line, '\n')) {
		char unit[3];

		line += *line == '\n';
		if (strncmp(line, name, strlen(name)) == 0)
			return sscanf(line + strlen(name), ": %" SCNu64 " %2s", kib, unit) == 2 &&
			       strcmp(unit, "kB") == 0;
	}
	return false;
}

int memory_parse(const char *meminfo, struct snapshot *snapshot)
{
	uint64_t total, available;

	if (!find_line(meminfo, "MemTotal", &total) || !find_line(meminfo, "MemAvailable", &available) || total == 0 ||
	    available > total)
		return -1;
	snapshot->memory_total = total;
	snapshot->memory_available = available;
	return 0;
}

void memory_fill(struct snapshot *snapshot)
{
	char text[8192];
	ssize_t length = small_file_read(AT_FDCWD, "/proc/meminfo", text, sizeof text);

	if (length > 0)
		memory_parse(text, snapshot);
}

void memory_fact(struct session *session, int64_t bytes, struct arena *arena)
{
	if (bytes > 0)
		string_list_add(&session->facts, arena, arena_printf(arena, "memory=%lld", (long long)bytes));
}
