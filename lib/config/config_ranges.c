/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/config/config_ranges.h"

#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/target/target.h"

struct expanding {
	const struct config *config;
	struct arena *arena;
	struct config_part *parts;
	size_t count, allocated;
};

static struct config_part *part_put(struct expanding *expanding, const struct config_part *part)
{
	expanding->parts = arena_grow(expanding->arena, expanding->parts, expanding->count, &expanding->allocated,
	                              sizeof *expanding->parts);
	expanding->parts[expanding->count] = *part;
	return &expanding->parts[expanding->count++];
}

static void part_put_as(struct expanding *expanding, const struct config_part *part, const char *name, const char *url)
{
	struct config_part *copy = part_put(expanding, part);

	copy->name = name;
	copy->entries = arena_alloc(expanding->arena, part->count * sizeof *copy->entries);
	memcpy(copy->entries, part->entries, part->count * sizeof *copy->entries);
	copy->allocated = part->count;
	for (size_t i = 0; i < copy->count; i++)
		if (strcmp(copy->entries[i].key, "url") == 0)
			copy->entries[i].value = url;
}

static int part_expand(struct expanding *expanding, const struct config_part *part, const struct config_entry *url,
                       struct error *error)
{
	struct string_list names = {0}, urls = {0};
	struct error why = {0};

	if (range_expand(&names, part->name, TARGETS_MOST, expanding->arena, &why) < 0)
		return config_blame(expanding->config, part->line, &why, error);
	if (range_expand(&urls, url->value, TARGETS_MOST, expanding->arena, &why) < 0)
		return config_blame(expanding->config, url->line, &why, error);
	if (names.count != urls.count) {
		error_set(error, ERROR_CONFIG, STEP_NONE, "%s:%u: the url stands for %zu target%s, the name %s for %zu",
		          expanding->config->file, url->line, urls.count, plural(urls.count), part->name, names.count);
		return error_hint(error, "the same range in both: [target ts[01-20]] and url = tsts://ts[01-20].corp");
	}
	for (size_t i = 0; i < names.count; i++)
		part_put_as(expanding, part, names.items[i], urls.items[i]);
	return 0;
}

int config_expand_ranges(struct config *config, struct arena *arena, struct error *error)
{
	struct expanding expanding = {.config = config, .arena = arena};

	for (size_t i = 0; i < config->count; i++) {
		const struct config_part *part = &config->parts[i];
		const struct config_entry *url = part->kind == CONFIG_TARGET ? config_entry_find(part, "url") : NULL;

		/* config_check() reports the missing url. */
		if (url == NULL)
			part_put(&expanding, part);
		else if (part_expand(&expanding, part, url, error) < 0)
			return -1;
	}
	config->parts = expanding.parts;
	config->count = expanding.count;
	config->allocated = expanding.allocated;
	return 0;
}
