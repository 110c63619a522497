/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/servers/tsts/control.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "lib/text.h"

enum { WORDS = 8 };

struct line {
	char text[256];
	char *words[WORDS];
	size_t count;
};

/* The next line's words. */
static bool line_read(FILE *file, struct line *line)
{
	char *rest;

	if (fgets(line->text, sizeof line->text, file) == NULL)
		return false;
	line->text[strcspn(line->text, "\n")] = '\0';
	rest = line->text;
	for (line->count = 0; line->count < WORDS && rest != NULL;) {
		char *word = strsep(&rest, " ");

		if (*word != '\0')
			line->words[line->count++] = word;
	}
	return true;
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
	FILE *file = fopen(path, "re");
	unsigned rights = RIGHT_ALL;
	struct line line;

	while (file != NULL && line_read(file, &line)) {
		if (line.count < 2 || strcmp(line.words[0], "rights") != 0 || !text_same(line.words[1], user))
			continue;
		rights = 0;
		for (size_t i = 2; i < line.count; i++)
			rights |= right_of(line.words[i]);
	}
	if (file != NULL)
		fclose(file);
	return rights;
}

char *control_host(const char *path, const char *address)
{
	FILE *file = fopen(path, "re");
	char *name = NULL;
	struct line line;

	while (file != NULL && name == NULL && line_read(file, &line))
		if (line.count == 3 && strcmp(line.words[0], "host") == 0 && strcmp(line.words[1], address) == 0)
			name = must_strdup(line.words[2]);
	if (file != NULL)
		fclose(file);
	return name;
}

static long number(const struct line *line, size_t place)
{
	return place < line->count ? strtol(line->words[place], NULL, 0) : 0;
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
		for (long left = number(line, 3); left > 0; left--)
			buffer_add(answer, "", 1);
	else if (strcmp(kind, "patch") == 0)
		patch(answer, number(line, 3), (uint32_t)number(line, 4));
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
	FILE *file = fopen(path, "re");
	struct line line;
	uint32_t code = 0;

	while (file != NULL && code == 0 && line_read(file, &line))
		if (line.count >= 3 && strcmp(line.words[0], "fault") == 0 &&
		    (strcmp(line.words[1], call) == 0 || strcmp(line.words[1], "any") == 0))
			code = fault(&line, answer);
	if (file != NULL)
		fclose(file);
	return code;
}
