/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/simulation/journal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/act/audit.h"
#include "t/simulation/disk.h"

static const char *const files[] = {STATE_FOLDER "/" AUDIT_FILE, STATE_FOLDER "/" AUDIT_FILE ".1"};

/* A run's lines are the last ones, but for those of runs beside it. */
enum { OTHERS_MOST = 100 };

/* A line with its newline, which a torn one lacks. */
struct line {
	const char *bytes;
	size_t length;
};

/* The line before this offset, which moves to its beginning.  false: there is none. */
static bool line_before(const struct content *content, size_t *end, struct line *line)
{
	const char *newline;

	if (*end == 0)
		return false;
	newline = *end > 1 ? memrchr(content->bytes, '\n', *end - 1) : NULL;
	line->bytes = newline != NULL ? newline + 1 : content->bytes;
	line->length = *end - (size_t)(line->bytes - content->bytes);
	*end -= line->length;
	return true;
}

static bool has(const struct line *line, const char *text)
{
	return memmem(line->bytes, line->length, text, strlen(text)) != NULL;
}

static bool is_event(const struct line *line, const char *event)
{
	char text[40];

	snprintf(text, sizeof text, "\"event\":\"%s\"", event);
	return line->bytes[line->length - 1] == '\n' && has(line, text);
}

static bool is_of(const struct line *line, int pid)
{
	char text[40];

	snprintf(text, sizeof text, "\"pid\":%d,", pid);
	return has(line, text);
}

static bool is_about(const struct line *line, const char *birth)
{
	char text[40];

	snprintf(text, sizeof text, "\"birth\":\"%s\"", birth);
	return has(line, text);
}

bool journal_intends(int pid, const char *birth)
{
	const struct inode *inode = disk_find(files[0]);
	size_t end = inode != NULL ? inode->durable.size : 0;
	struct line line;

	while (inode != NULL && line_before(&inode->durable, &end, &line))
		if (is_event(&line, "intent") && is_about(&line, birth) && is_of(&line, pid))
			return true;
	return false;
}

enum journal_end journal_ends(int pid, const char *birth, const char *action, bool durable)
{
	char text[40];

	snprintf(text, sizeof text, "\"action\":\"%s\"", action);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		const struct inode *inode = disk_find(files[i]);
		const struct content *content = inode == NULL ? NULL : durable ? &inode->durable : &inode->now;
		size_t end = content != NULL ? content->size : 0;
		struct line line;

		while (content != NULL && line_before(content, &end, &line)) {
			if (!is_about(&line, birth) || (pid != 0 && !is_of(&line, pid)) || !has(&line, text))
				continue;
			if (is_event(&line, "result"))
				return has(&line, "\"outcome\":\"ordered\"") ? JOURNAL_ORDERED : JOURNAL_CLOSED;
			if (is_event(&line, "refused") && has(&line, "\"outcome\":\"refused\""))
				return JOURNAL_CLOSED;
		}
	}
	return JOURNAL_NONE;
}

void journal_refusals(int pid, void (*tell)(const char *reason, size_t length))
{
	static const char reason[] = "\"reason\":\"";
	const struct inode *inode = disk_find(files[0]);
	size_t end = inode != NULL ? inode->now.size : 0, others = 0;
	struct line line;

	while (inode != NULL && others < OTHERS_MOST && line_before(&inode->now, &end, &line)) {
		const char *text = memmem(line.bytes, line.length, reason, strlen(reason)), *quote;
		size_t left;

		if (!is_of(&line, pid)) {
			others++;
			continue;
		}
		if (text == NULL || !is_event(&line, "refused"))
			continue;
		text += strlen(reason);
		left = line.length - (size_t)(text - line.bytes);
		quote = memchr(text, '"', left);
		tell(text, quote != NULL ? (size_t)(quote - text) : left);
	}
}
