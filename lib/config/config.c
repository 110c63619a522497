/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/config/config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/base/trust.h"
#include "lib/config/config_check.h"
#include "lib/config/config_ranges.h"
#include "lib/config/config_read.h"

/* More than any real configuration, and small enough to read at once. */
enum { FILE_MOST = 16 * 1024 * 1024 };

/* Reads the whole file and adds a NUL. */
static int file_read(int fd, const char *path, char **text, size_t *length, struct error *error)
{
	size_t allocated = 64 * 1024;
	ssize_t got;

	*text = must_alloc(allocated);
	*length = 0;
	while ((got = read(fd, *text + *length, allocated - *length - 1)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(error, errno, STEP_NONE, "%s", path);
		if ((*length += (size_t)got) > FILE_MOST)
			return error_set(error, ERROR_CONFIG, STEP_NONE, "%s: larger than %d bytes", path, FILE_MOST);
		if (allocated - *length < 2)
			*text = must_realloc(*text, allocated *= 2);
	}
	(*text)[*length] = '\0';
	return 0;
}

/* Targets and groups share their names: -T takes both. */
static int space_of(enum config_kind kind)
{
	return kind == CONFIG_GROUP ? CONFIG_TARGET : (int)kind;
}

static int part_compare(const void *a, const void *b)
{
	const struct config_part *x = *(const struct config_part *const *)a, *y = *(const struct config_part *const *)b;
	int order = space_of(x->kind) - space_of(y->kind);

	if (order == 0)
		order = strcmp(x->name, y->name);
	return order;
}

static int index_make(struct config *config, struct arena *arena, struct error *error)
{
	config->index = arena_alloc(arena, config->count * sizeof(const struct config_part *));
	for (size_t i = 0; i < config->count; i++)
		config->index[i] = &config->parts[i];
	if (config->count > 0)
		qsort(config->index, config->count, sizeof *config->index, part_compare);
	for (size_t i = 1; i < config->count; i++) {
		const struct config_part *a = config->index[i - 1], *b = config->index[i];
		const struct config_part *first = a->line < b->line ? a : b, *second = first == a ? b : a;

		if (part_compare(&a, &b) == 0)
			return error_set(error, ERROR_CONFIG, STEP_NONE, "%s:%u: [%s%s%s] was used in line %u already",
			                 config->file, second->line, config_kind_name(second->kind),
			                 second->name[0] != '\0' ? " " : "", second->name, first->line);
	}
	return 0;
}

/* With root's rights trusted_open() is stricter. */
static bool world_writable(int fd)
{
	struct stat status;

	return fstat(fd, &status) != 0 || (S_ISREG(status.st_mode) && (status.st_mode & S_IWOTH) != 0);
}

int config_load(struct config *config, const struct provider *const providers[], const char *path, struct arena *arena,
                struct error *error)
{
	struct error why = {0};
	char *text = NULL;
	size_t length;
	int fd, failed;

	*config = (struct config){.providers = providers, .file = arena_strdup(arena, path)};
	if ((fd = trusted_open(path, false, &why)) < 0) {
		error_set(error, why.code, STEP_NONE, "cannot read the configuration %s", why.text);
		return error_hint(error, "%s", why.hint);
	}
	if (world_writable(fd)) {
		close(fd);
		error_set(error, ERROR_CONFIG, STEP_NONE, "%s: everybody can write to it", path);
		return error_hint(error, "chmod o-w %s, and look at what it says", path);
	}
	if ((failed = file_read(fd, path, &text, &length, error)) == 0)
		failed = config_read(config, text, length, arena, error);
	close(fd);
	free(text);
	if (failed != 0 || config_expand_ranges(config, arena, error) < 0 || index_make(config, arena, error) < 0)
		return -1;
	return config_check(config, error);
}

const struct config_part *config_find(const struct config *config, enum config_kind kind, const char *name)
{
	struct config_part wanted = {.kind = kind, .name = name};
	const struct config_part *key = &wanted, **found;

	if (config->count == 0)
		return NULL;
	found = bsearch(&key, config->index, config->count, sizeof *config->index, part_compare);
	return found != NULL && (*found)->kind == kind ? *found : NULL;
}

const struct config_entry *config_entry_find(const struct config_part *part, const char *key)
{
	for (size_t i = 0; i < part->count; i++)
		if (strcmp(part->entries[i].key, key) == 0)
			return &part->entries[i];
	return NULL;
}
