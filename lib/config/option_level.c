/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/config/option_level.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/config/option_apply.h"
#include "lib/config/option_table.h"
#include "lib/config/options.h"
#include "lib/config/settings.h"

void level_add(struct level *level, const struct option_spec *spec, const char *value, const char *where)
{
	level->items = arena_grow(level->arena, level->items, level->count, &level->allocated, sizeof *level->items);
	level->items[level->count++] = (struct option_value){.spec = spec, .value = value, .where = where};
}

const struct option_value *level_find(const struct level *level, const char *name)
{
	const struct option_value *last = NULL;

	for (size_t i = 0; i < level->count; i++)
		if (strcmp(level->items[i].spec->name, name) == 0)
			last = &level->items[i];
	return last;
}

bool level_names_targets(const struct level *level)
{
	return level_find(level, "target") != NULL || level_find(level, "hostname") != NULL;
}

bool level_has_filter(const struct level *level)
{
	for (size_t i = 0; i < level->count; i++)
		if ((level->items[i].spec->flags & OPTION_FILTER) != 0)
			return true;
	return false;
}

/* A list at this level replaces the list of lower levels; exclusions are added. */
int level_apply(const struct level *level, struct settings *settings, struct error *error)
{
	for (size_t i = 0; i < level->count; i++) {
		const struct option_spec *spec = level->items[i].spec;

		if (option_is_list(spec) && (spec->flags & OPTION_ADDS_UP) == 0)
			*(struct string_list *)(void *)((char *)settings + spec->offset) = (struct string_list){0};
	}
	if (level_names_targets(level)) {
		settings->target_names = (struct string_list){0};
		settings->host_name = NULL;
	}
	for (size_t i = 0; i < level->count; i++) {
		const struct option_value *chosen = &level->items[i];

		/* --list-providers and the like are carried out when they are read. */
		if (chosen->spec->offset > 0 &&
		    option_apply(chosen->spec, settings, chosen->value, chosen->where, error) < 0)
			return -1;
	}
	return 0;
}
