/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/unit/tsts_vector.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "t/unit/test.h"

static const char *vectors_folder(char *path, size_t size)
{
	const char *source = getenv("CURFEW_SRCDIR");

	snprintf(path, size, "%s/t/vectors/tsts", source != NULL ? source : ".");
	return path;
}

/* Hexadecimal digits and blanks, and lines that begin with '#'. */
static void read_hex(FILE *file, struct vector *vector)
{
	char line[1024];
	unsigned high = 16;

	vector->length = 0;
	while (fgets(line, sizeof line, file) != NULL) {
		for (const char *c = line[0] == '#' ? "" : line; *c != '\0'; c++) {
			const char *digits = "0123456789abcdef", *digit = strchr(digits, *c);

			if (digit == NULL)
				continue;
			if (high == 16) {
				high = (unsigned)(digit - digits);
				continue;
			}
			assert_true(vector->length < BYTES_MOST);
			vector->bytes[vector->length++] = (uint8_t)(high << 4 | (unsigned)(digit - digits));
			high = 16;
		}
	}
	assert_int_equal(high, 16);
}

static void read_vector(struct vector *vector, const char *name)
{
	char folder[512], path[1024];
	size_t length;
	FILE *file;

	text_copy(vector->name, sizeof vector->name, name);
	snprintf(path, sizeof path, "%s/%s.hex", vectors_folder(folder, sizeof folder), name);
	file = fopen(path, "r");
	assert_non_null(file);
	read_hex(file, vector);
	fclose(file);
	snprintf(path, sizeof path, "%s/%s.expect", folder, name);
	file = fopen(path, "r");
	assert_non_null(file);
	length = fread(vector->expected, 1, sizeof vector->expected - 1, file);
	vector->expected[length] = '\0';
	fclose(file);
}

const char *expected(struct vector *vector, const char *key)
{
	size_t length = strlen(key);

	for (const char *line = vector->expected; *line != '\0'; line = strchr(line, '\n') + 1) {
		char *value, *to;

		if (strncmp(line, key, length) != 0 || line[length] != '=')
			continue;
		line += length + 1;
		to = value = arena_strndup(&vector->arena, line, strcspn(line, "\n"));
		for (const char *from = value; *from != '\0'; from++) {
			if (from[0] == '\\' && (from[1] == 'r' || from[1] == 'n'))
				*to++ = *++from == 'r' ? '\r' : '\n';
			else
				*to++ = *from;
		}
		*to = '\0';
		return value;
	}
	fail_msg("%s.expect has no %s", vector->name, key);
	return "";
}

uint64_t expected_number(struct vector *vector, const char *key)
{
	return strtoull(expected(vector, key), NULL, 10);
}

struct wire_bytes bytes_of(const struct vector *vector)
{
	return (struct wire_bytes){vector->bytes, vector->length};
}

void each_vector(const char *prefix, void (*check)(struct vector *vector))
{
	char folder[512];
	DIR *directory = opendir(vectors_folder(folder, sizeof folder));
	struct vector *vector = must_alloc(sizeof *vector);
	struct dirent *entry;
	size_t count = 0;

	assert_non_null(directory);
	while ((entry = readdir(directory)) != NULL) {
		size_t length = strlen(entry->d_name);
		char name[256];

		if (length < 5 || strcmp(entry->d_name + length - 4, ".hex") != 0 ||
		    strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
			continue;
		snprintf(name, sizeof name, "%.*s", (int)(length - 4), entry->d_name);
		read_vector(vector, name);
		check(vector);
		arena_free(&vector->arena);
		count++;
	}
	closedir(directory);
	free(vector);
	assert_true(count > 0);
}
