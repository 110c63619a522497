/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/hash.h"
#include "lib/base/nearest.h"
#include "lib/config/config.h"
#include "lib/target/target.h"
#include "lib/target/target_parse.h"

/* Deeper groups of groups are a mistake or an attack. */
enum { NESTING_MOST = 50 };

/* A few lines with ranges could name the same targets a million times. */
enum { ASKED_MOST = 10 * TARGETS_MOST };

enum group_progress { GROUP_NEW, GROUP_OPEN, GROUP_DONE };

/* The targets found so far, and a hash table of their indices (+ 1) by scheme and address. */
struct expansion {
	const struct config *config;
	struct arena *arena;
	struct target *targets;
	bool *named; /* the label is a name from the configuration */
	size_t count, allocated;
	size_t asked; /* names looked up, repeated ones included */
	size_t *slots;
	size_t slot_count;     /* a power of two, at least twice allocated */
	unsigned char *groups; /* enum group_progress of each part of the configuration */
};

static size_t target_hash(const struct target *target)
{
	return (size_t)hash_text(hash_text(HASH_START, target->scheme), target->address);
}

/* The slot of the target, or the free slot where it belongs. */
static size_t *slot_find(const struct expansion *expansion, const struct target *target)
{
	size_t mask = expansion->slot_count - 1, at = target_hash(target) & mask;

	for (; expansion->slots[at] != 0; at = (at + 1) & mask) {
		const struct target *other = &expansion->targets[expansion->slots[at] - 1];

		if (strcmp(other->scheme, target->scheme) == 0 && strcmp(other->address, target->address) == 0)
			break;
	}
	return &expansion->slots[at];
}

static void expansion_grow(struct expansion *expansion)
{
	size_t allocated = expansion->allocated > 0 ? expansion->allocated * 2 : 8;
	struct target *targets = arena_alloc(expansion->arena, allocated * sizeof *targets);
	bool *named = arena_alloc(expansion->arena, allocated * sizeof *named);

	if (expansion->count > 0) {
		memcpy(targets, expansion->targets, expansion->count * sizeof *targets);
		memcpy(named, expansion->named, expansion->count * sizeof *named);
	}
	expansion->targets = targets;
	expansion->named = named;
	expansion->allocated = allocated;
	expansion->slot_count = allocated * 2;
	expansion->slots = arena_alloc(expansion->arena, expansion->slot_count * sizeof *expansion->slots);
	for (size_t i = 0; i < expansion->count; i++)
		*slot_find(expansion, &targets[i]) = i + 1;
}

/* Both are from the configuration, where a key is used only once. */
static bool asked_alike(const struct target *one, const struct target *other)
{
	if (one->option_count != other->option_count || strcmp(one->credentials_file, other->credentials_file) != 0)
		return false;
	for (size_t i = 0; i < one->option_count; i++) {
		const char *value = target_option(other, one->options[i].name);

		if (value == NULL || strcmp(value, one->options[i].value) != 0)
			return false;
	}
	return true;
}

/* The URL is already in the list.  A configured target replaces a bare URL, because it has credentials and options; two
   different configured targets for one URL are an error. */
static int target_merge(struct expansion *expansion, size_t place, const struct target *target, bool named,
                        struct error *error)
{
	struct target *first = &expansion->targets[place];

	if (!named)
		return 0;
	if (expansion->named[place] && !asked_alike(first, target)) {
		error_set(error, ERROR_USAGE, STEP_NONE,
		          "%.80s and %.80s are the same host (%.120s) with different credentials or options",
		          first->name, target->name, first->url);
		return error_hint(error, "give them the same credentials and options, or leave one out");
	}
	if (!expansion->named[place])
		*first = *target;
	expansion->named[place] = true;
	return 0;
}

static int target_add(struct expansion *expansion, const struct target *target, bool named, struct error *error)
{
	size_t *slot;

	if (expansion->count == expansion->allocated)
		expansion_grow(expansion);
	slot = slot_find(expansion, target);
	if (*slot != 0)
		return target_merge(expansion, *slot - 1, target, named, error);
	if (expansion->count == TARGETS_MOST)
		return error_set(error, ERROR_USAGE, STEP_NONE, "more than %d targets", TARGETS_MOST);
	expansion->targets[expansion->count] = *target;
	expansion->named[expansion->count] = named;
	*slot = ++expansion->count;
	return 0;
}

/* [target NAME]: config_check() has checked everything in it. */
static int part_add(struct expansion *expansion, const struct config_part *part, struct error *error)
{
	struct target target;
	const char *url = "", *credentials = "";
	struct target_option *options = arena_alloc(expansion->arena, part->count * sizeof *options);
	size_t count = 0;

	for (size_t i = 0; i < part->count; i++) {
		const struct config_entry *entry = &part->entries[i];

		if (strcmp(entry->key, "url") == 0)
			url = entry->value;
		else if (strcmp(entry->key, "credentials") == 0)
			credentials = config_find(expansion->config, CONFIG_CREDENTIALS, entry->value)->entries->value;
		else
			options[count++] = (struct target_option){.name = entry->key, .value = entry->value};
	}
	if (target_parse(&target, expansion->config->providers, url, part->name, expansion->arena, error) < 0)
		return -1;
	target.options = options;
	target.option_count = count;
	target.credentials_file = credentials;
	return target_add(expansion, &target, true, error);
}

static int text_add(struct expansion *expansion, const char *text, unsigned depth, struct error *error);

static int members_add(struct expansion *expansion, const struct config_entry *entry, unsigned depth,
                       struct error *error)
{
	const char *rest = entry->value, *member;
	struct error why = {0};

	while ((member = list_item(&rest, expansion->arena)) != NULL) {
		if (text_add(expansion, member, depth, &why) == 0)
			continue;
		/* Reports the innermost line. */
		if (why.code == ERROR_CONFIG)
			*error = why;
		else
			config_blame(expansion->config, entry->line, &why, error);
		return -1;
	}
	return 0;
}

static int group_add(struct expansion *expansion, const struct config_part *group, unsigned depth, struct error *error)
{
	unsigned char *progress = &expansion->groups[group - expansion->config->parts];

	if (*progress == GROUP_DONE)
		return 0;
	if (*progress == GROUP_OPEN)
		return error_set(error, ERROR_USAGE, STEP_NONE, "group %s is a member of itself", group->name);
	if (depth == NESTING_MOST)
		return error_set(error, ERROR_USAGE, STEP_NONE, "group %s is nested too deep", group->name);
	*progress = GROUP_OPEN;
	for (size_t i = 0; i < group->count; i++)
		if (members_add(expansion, &group->entries[i], depth + 1, error) < 0)
			return -1;
	*progress = GROUP_DONE;
	return 0;
}

static const char *target_meant(const struct config *config, const char *name)
{
	struct nearest nearest = nearest_to(name, strlen(name));

	for (size_t i = 0; i < config->count; i++)
		if (config->parts[i].kind == CONFIG_TARGET || config->parts[i].kind == CONFIG_GROUP)
			nearest_offer(&nearest, config->parts[i].name);
	return nearest.best;
}

/* Adds one name or URL without ranges. */
static int name_add(struct expansion *expansion, const char *name, unsigned depth, struct error *error)
{
	const struct config_part *part;
	struct target target;
	const char *meant;

	if (strchr(name, ':') != NULL)
		return target_parse(&target, expansion->config->providers, name, "", expansion->arena, error) < 0
		           ? -1
		           : target_add(expansion, &target, false, error);
	if ((part = config_find(expansion->config, CONFIG_TARGET, name)) != NULL)
		return part_add(expansion, part, error);
	if ((part = config_find(expansion->config, CONFIG_GROUP, name)) != NULL)
		return group_add(expansion, part, depth, error);
	error_set(error, ERROR_USAGE, STEP_NONE, "no target or group is named \"%.80s\"", name);
	if ((meant = target_meant(expansion->config, name)) != NULL)
		return error_hint(error, "did you mean %s?", meant);
	if (expansion->config->file == NULL)
		return error_hint(error, "a target is a URL like xrdp: or sim:FILE, or a name from the configuration");
	return error_hint(error, "a target is a URL like xrdp: or sim:FILE, or a name from %s",
	                  expansion->config->file);
}

static int text_add(struct expansion *expansion, const char *text, unsigned depth, struct error *error)
{
	struct string_list names = {0};

	if (text[0] == '\0')
		return error_set(error, ERROR_USAGE, STEP_NONE, "the target is empty");
	if (range_expand(&names, text, TARGETS_MOST, expansion->arena, error) < 0)
		return -1;
	if ((expansion->asked += names.count) > ASKED_MOST)
		return error_set(error, ERROR_USAGE, STEP_NONE,
		                 "ranges and groups name more than %d targets, counted "
		                 "as often as they are named",
		                 ASKED_MOST);
	for (size_t i = 0; i < names.count; i++)
		if (name_add(expansion, names.items[i], depth, error) < 0)
			return -1;
	return 0;
}

static int label_compare(const void *a, const void *b)
{
	return strcmp((*(const struct target *const *)a)->label, (*(const struct target *const *)b)->label);
}

/* Labels become perfdata labels and SNMP rows.  If two derived labels are equal, the URL is used instead. */
static void labels_part(struct expansion *expansion)
{
	size_t count = expansion->count;
	struct target **sorted = arena_alloc(expansion->arena, count * sizeof(struct target *));

	for (size_t i = 0; i < count; i++)
		sorted[i] = &expansion->targets[i];
	if (count > 1)
		qsort(sorted, count, sizeof(struct target *), label_compare);
	for (size_t first = 0, end; first < count; first = end) {
		for (end = first + 1; end < count && label_compare(&sorted[first], &sorted[end]) == 0;)
			end++;
		for (size_t i = first; i < end && end - first > 1; i++)
			if (!expansion->named[sorted[i] - expansion->targets])
				sorted[i]->label = sorted[i]->url;
	}
}

int config_targets(const struct config *config, const struct string_list *names, struct arena *arena,
                   struct target **targets, size_t *count, struct error *error)
{
	struct expansion expansion = {.config = config, .arena = arena, .groups = arena_alloc(arena, config->count)};

	for (size_t i = 0; i < names->count; i++)
		if (text_add(&expansion, names->items[i], 0, error) < 0)
			return -1;
	labels_part(&expansion);
	*targets = expansion.targets;
	*count = expansion.count;
	return 0;
}
