/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/config/config.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"

const char *const config_kind_words[] = {
    [CONFIG_DEFAULTS] = "defaults",       [CONFIG_TARGET] = "target",   [CONFIG_GROUP] = "group",
    [CONFIG_CREDENTIALS] = "credentials", [CONFIG_SECTION] = "section", [CONFIG_POLICY] = "policy",
    [CONFIG_POLICY + 1] = NULL,
};

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

int config_index(struct config *config, struct arena *arena, struct error *error)
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
			                 config->file, second->line, config_kind_words[second->kind],
			                 second->name[0] != '\0' ? " " : "", second->name, first->line);
	}
	return 0;
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

int config_blame(const struct config *config, unsigned line, const struct error *why, struct error *error)
{
	error_set(error, ERROR_CONFIG, STEP_NONE, "%s:%u: %s", config->file, line, why->text);
	return error_hint(error, "%s", why->hint);
}

const char *list_item(const char **list, struct arena *arena)
{
	const char *start = *list + strspn(*list, " \t");
	size_t length = strcspn(start, ",");

	if (*start == '\0')
		return NULL;
	*list = start + length + (start[length] == ',');
	while (length > 0 && (start[length - 1] == ' ' || start[length - 1] == '\t'))
		length--;
	return arena_strndup(arena, start, length);
}
