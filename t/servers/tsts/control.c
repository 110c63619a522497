/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/servers/tsts/control.h"

#include <endian.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"

enum { WORDS = 8 };

struct line {
	char text[256];
	char *words[WORDS];
	size_t count;
};

/* What is written there now; read again when the file is another one. */
static const char *contents(const char *path)
{
	static struct buffer text;
	static struct stat seen;
	struct stat status;
	char bytes[4096];
	FILE *file;

	if (stat(path, &status) < 0)
		return "";
	if (status.st_ino == seen.st_ino && status.st_mtim.tv_sec == seen.st_mtim.tv_sec &&
	    status.st_mtim.tv_nsec == seen.st_mtim.tv_nsec)
		return buffer_text(&text);
	seen = status;
	buffer_free(&text);
	file = fopen(path, "re");
	for (size_t size; file != NULL && (size = fread(bytes, 1, sizeof bytes, file)) > 0;)
		buffer_add(&text, bytes, size);
	if (file != NULL)
		fclose(file);
	return buffer_text(&text);
}

/* The next line's words. */
static bool line_read(const char **place, struct line *line)
{
	size_t length = strcspn(*place, "\n");
	char *rest = line->text;

	if (**place == '\0')
		return false;
	snprintf(line->text, sizeof line->text, "%.*s", (int)length, *place);
	*place += length + ((*place)[length] == '\n');
	for (line->count = 0; line->count < WORDS && rest != NULL;) {
		char *word = strsep(&rest, " ");

		if (*word != '\0')
			line->words[line->count++] = word;
	}
	return true;
}

/* The next line of that kind, by its first word. */
static bool line_next(const char **place, const char *kind, struct line *line)
{
	size_t length = strlen(kind);

	while (**place != '\0') {
		if (strncmp(*place, kind, length) == 0)
			return line_read(place, line);
		*place += strcspn(*place, "\n");
		*place += **place == '\n';
	}
	return false;
}

static unsigned right_of(const char *word)
{
	static const char *const names[] = {"query", "disconnect", "logoff", "message"};

	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i], word) == 0)
			return 1U << i;
	fprintf(stderr, "control: no such right: %s\n", word);
	exit(2);
}

unsigned control_rights(const char *path, const char *user)
{
	const char *place = contents(path);
	unsigned rights = RIGHT_ALL;
	struct line line;

	while (line_next(&place, "rights ", &line)) {
		if (line.count < 2 || !text_same(line.words[1], user))
			continue;
		rights = 0;
		for (size_t i = 2; i < line.count; i++)
			rights |= right_of(line.words[i]);
	}
	return rights;
}

char *control_host(const char *path, const char *address)
{
	const char *place = contents(path);
	struct line line;

	while (line_next(&place, "host ", &line))
		if (line.count == 3 && strcmp(line.words[1], address) == 0)
			return must_strdup(line.words[2]);
	return NULL;
}

static int64_t number(const struct line *line, size_t place)
{
	return place < line->count ? strtoll(line->words[place], NULL, 0) : 0;
}

/* The first so many bytes and nothing of the rest. */
static void cut(struct buffer *answer, size_t size)
{
	if (size < answer->length)
		answer->length = size;
}

static void patch(struct buffer *answer, long offset, uint32_t value)
{
	if (offset < 0)
		offset += (long)answer->length;
	value = htole32(value);
	if (offset >= 0 && (size_t)offset + sizeof value <= answer->length)
		memcpy(answer->text + offset, &value, sizeof value);
}

static void insert(struct buffer *answer, size_t offset, uint32_t value)
{
	struct buffer whole = {0};

	if (offset > answer->length)
		return;
	value = htole32(value);
	buffer_add(&whole, answer->text, offset);
	buffer_add(&whole, (const char *)&value, sizeof value);
	buffer_add(&whole, answer->text + offset, answer->length - offset);
	buffer_free(answer);
	*answer = whole;
}

static void garbage(struct buffer *answer)
{
	/* 256 bytes at a time is what getrandom() never cuts short. */
	for (size_t at = 0; at < answer->length; at += 256)
		(void)!getrandom(answer->text + at, answer->length - at < 256 ? answer->length - at : 256, 0);
}

static uint32_t fault(const struct line *line, struct buffer *answer)
{
	const char *kind = line->words[2];

	if (strcmp(kind, "hang") == 0)
		return ANSWER_NEVER;
	if (strcmp(kind, "close") == 0)
		return ANSWER_CLOSE;
	if (strcmp(kind, "refuse") == 0)
		return (uint32_t)number(line, 3);
	if (strcmp(kind, "garbage") == 0)
		garbage(answer);
	else if (strcmp(kind, "cut") == 0)
		cut(answer, (size_t)number(line, 3));
	else if (strcmp(kind, "trail") == 0)
		for (int64_t left = number(line, 3); left > 0; left--)
			buffer_add(answer, "", 1);
	else if (strcmp(kind, "patch") == 0)
		patch(answer, (long)number(line, 3), (uint32_t)number(line, 4));
	else if (strcmp(kind, "insert") == 0)
		insert(answer, (size_t)number(line, 3), (uint32_t)number(line, 4));
	else {
		fprintf(stderr, "control: no such fault: %s\n", kind);
		exit(2);
	}
	return 0;
}

uint32_t control_break(const char *path, const char *call, struct buffer *answer)
{
	const char *place = contents(path);
	struct line line;
	uint32_t code = 0;

	while (code == 0 && line_next(&place, "fault ", &line))
		if (line.count >= 3 && (strcmp(line.words[1], call) == 0 || strcmp(line.words[1], "any") == 0))
			code = fault(&line, answer);
	return code;
}
