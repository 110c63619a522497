/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/simulation/journal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "t/simulation/disk.h"

/* From the end, as the line was written a moment ago. */
static bool line_there(const struct content *content, const char *event, int pid, const char *birth)
{
	char what[40], who[40], whom[40];
	size_t end = content->size;

	snprintf(what, sizeof what, "\"event\":\"%s\"", event);
	snprintf(who, sizeof who, "\"pid\":%d,", pid);
	snprintf(whom, sizeof whom, "\"birth\":\"%s\"", birth);
	while (end > 0) {
		const char *newline = end > 1 ? memrchr(content->bytes, '\n', end - 1) : NULL;
		size_t begin = newline != NULL ? (size_t)(newline - content->bytes) + 1 : 0;
		const char *line = content->bytes + begin;
		size_t length = end - begin;

		if (line[length - 1] == '\n' && memmem(line, length, what, strlen(what)) != NULL &&
		    memmem(line, length, whom, strlen(whom)) != NULL && memmem(line, length, who, strlen(who)) != NULL)
			return true;
		end = begin;
	}
	return false;
}

bool journal_intends(int pid, const char *birth)
{
	const struct inode *inode = disk_find(STATE_FOLDER "/audit.jsonl");

	return inode != NULL && line_there(&inode->durable, "intent", pid, birth);
}
