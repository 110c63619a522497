/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/config/config_check.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/nearest.h"
#include "lib/base/text.h"
#include "lib/config/config_policy.h"
#include "lib/config/option_apply.h"
#include "lib/config/option_table.h"
#include "lib/config/options.h"
#include "lib/config/settings.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"
#include "lib/target/target_parse.h"

/* The state of the checks of one file.  Values are parsed into settings that are not used afterwards. */
struct checking {
	const struct config *config;
	const struct config_part *part;
	struct settings scratch;
	size_t members; /* that the ranges in lists of targets stand for, so far */
	struct error *error;
};

/* A few lines could stand for more names than fit in the memory. */
enum { MEMBERS_MOST = 10 * TARGETS_MOST };

static int fail(struct checking *checking, unsigned line, const char *text, const char *detail)
{
	return error_set(checking->error, ERROR_CONFIG, STEP_NONE, "%s:%u: %s%.80s", checking->config->file, line, text,
	                 detail);
}

static int used_once(struct checking *checking, size_t at)
{
	const struct config_entry *entries = checking->part->entries;

	for (size_t i = 0; i < at; i++)
		if (strcmp(entries[i].key, entries[at].key) == 0)
			return fail(checking, entries[at].line, "used twice in this section: ", entries[at].key);
	return 0;
}

static int unknown_key(struct checking *checking, const struct config_entry *entry, const char *meant)
{
	const char *kind = config_kind_words[checking->part->kind];

	if (entry->key[0] == '\0')
		return fail(checking, entry->line, "no key before the '='", "");
	error_set(checking->error, ERROR_CONFIG, STEP_NONE, "%s:%u: unknown key in a [%s] section: %.80s",
	          checking->config->file, entry->line, kind, entry->key);
	return meant != NULL ? error_hint(checking->error, "did you mean %s?", meant) : -1;
}

/* The option that a misspelled key may stand for, or NULL. */
static const char *option_meant(const char *key)
{
	struct nearest nearest = nearest_to(key, strlen(key));

	for (const struct option_spec *spec = option_table; spec->name != NULL; spec++)
		if ((spec->flags & OPTION_LINE_ONLY) == 0)
			nearest_offer(&nearest, spec->name);
	for (const struct option_spec *spec = config_key_table; spec->name != NULL; spec++)
		nearest_offer(&nearest, spec->name);
	return nearest.best;
}

static const char *provider_option_meant(const struct provider *provider, const char *key)
{
	struct nearest nearest = nearest_to(key, strlen(key));

	nearest_offer(&nearest, "url");
	nearest_offer(&nearest, "credentials");
	for (const struct provider_option *option = provider->options; option != NULL && option->name != NULL; option++)
		nearest_offer(&nearest, option->name);
	return nearest.best;
}

static int ranges_check(struct checking *checking, const struct config_entry *entry, const char *member)
{
	struct string_list names = {0};
	struct error why = {0};
	struct arena arena = {0};
	int result = range_expand(&names, member, TARGETS_MOST, &arena, &why);

	arena_free(&arena);
	if (result < 0)
		return config_blame(checking->config, entry->line, &why, checking->error);
	checking->members += names.count;
	if (checking->members > MEMBERS_MOST)
		return error_set(checking->error, ERROR_CONFIG, STEP_NONE,
		                 "%s:%u: with this one the ranges of the file name more than %d targets",
		                 checking->config->file, entry->line, MEMBERS_MOST);
	return 0;
}

static int member_check(struct checking *checking, const struct config_entry *entry, const char *member)
{
	struct error why = {0};
	struct target target;

	if (member[0] == '\0')
		return fail(checking, entry->line, "an empty member", "");
	if (strchr(member, '[') != NULL && ranges_check(checking, entry, member) < 0)
		return -1;
	if (strchr(member, ':') != NULL) {
		if (target_parse(&target, checking->config->providers, member, "", &checking->scratch.arena, &why) < 0)
			return config_blame(checking->config, entry->line, &why, checking->error);
		return 0;
	}
	/* Names made by a range are resolved when they are used. */
	if (strchr(member, '[') == NULL && config_find(checking->config, CONFIG_TARGET, member) == NULL &&
	    config_find(checking->config, CONFIG_GROUP, member) == NULL)
		return fail(checking, entry->line, "no target or group is named ", member);
	return 0;
}

static int options_check(struct checking *checking)
{
	const struct config_part *part = checking->part;

	for (size_t i = 0; i < part->count; i++) {
		const struct config_entry *entry = &part->entries[i];
		const struct option_spec *spec = option_find(entry->key, PROGRAM_ALL);
		const char *where;

		if (spec == NULL)
			return unknown_key(checking, entry, option_meant(entry->key));
		if ((spec->flags & OPTION_LINE_ONLY) != 0)
			return fail(checking, entry->line, "belongs on the command line only: ", entry->key);
		if (part->kind == CONFIG_DEFAULTS && (spec->flags & OPTION_SECTION_ONLY) != 0)
			return fail(checking, entry->line, "has an effect only in a named [section]: ", entry->key);
		if (!option_is_list(spec) && used_once(checking, i) < 0)
			return -1;
		where = arena_printf(&checking->scratch.arena, "%s:%u: %s", checking->config->file, entry->line,
		                     entry->key);
		if (option_apply(spec, &checking->scratch, entry->value, where, checking->error) < 0)
			return -1;
		if (strcmp(spec->name, "target") == 0 && member_check(checking, entry, entry->value) < 0)
			return -1;
	}
	return 0;
}

static bool provider_has_option(const struct provider *provider, const char *name)
{
	for (const struct provider_option *option = provider->options; option != NULL && option->name != NULL; option++)
		if (strcmp(option->name, name) == 0)
			return true;
	return false;
}

static int target_check(struct checking *checking)
{
	const struct config_part *part = checking->part;
	const struct config_entry *url = config_entry_find(part, "url");
	struct error why = {0};
	struct target target;

	if (url == NULL)
		return fail(checking, part->line, "there is no url in target ", part->name);
	if (target_parse(&target, checking->config->providers, url->value, part->name, &checking->scratch.arena, &why) <
	    0)
		return config_blame(checking->config, url->line, &why, checking->error);
	for (size_t i = 0; i < part->count; i++) {
		const struct config_entry *entry = &part->entries[i];

		if (used_once(checking, i) < 0)
			return -1;
		if (!text_plain(entry->value))
			return fail(checking, entry->line, "the value has control characters: ", entry->key);
		if (strcmp(entry->key, "credentials") == 0) {
			if (config_find(checking->config, CONFIG_CREDENTIALS, entry->value) == NULL)
				return fail(checking, entry->line, "no such [credentials] section: ", entry->value);
		} else if (entry != url && !provider_has_option(target.provider, entry->key)) {
			return unknown_key(checking, entry, provider_option_meant(target.provider, entry->key));
		}
	}
	return 0;
}

static int group_check(struct checking *checking)
{
	const struct config_part *part = checking->part;
	bool any = false;

	for (size_t i = 0; i < part->count; i++) {
		const struct config_entry *entry = &part->entries[i];
		const char *rest = entry->value, *member;

		if (strcmp(entry->key, "members") != 0)
			return unknown_key(checking, entry, "members");
		for (; (member = list_item(&rest, &checking->scratch.arena)) != NULL; any = true)
			if (member_check(checking, entry, member) < 0)
				return -1;
	}
	return any ? 0 : fail(checking, part->line, "there are no members in group ", part->name);
}

static int credentials_check(struct checking *checking)
{
	const struct config_part *part = checking->part;

	for (size_t i = 0; i < part->count; i++) {
		const struct config_entry *entry = &part->entries[i];

		if (strcmp(entry->key, "file") != 0)
			return unknown_key(checking, entry, "file");
		if (used_once(checking, i) < 0)
			return -1;
		if (entry->value[0] != '/' || !text_plain(entry->value))
			return fail(checking, entry->line, "not an absolute path: ", entry->value);
	}
	return part->count > 0 ? 0 : fail(checking, part->line, "there is no file in credentials ", part->name);
}

static int policy_check(struct checking *checking)
{
	struct policy_config policy;

	if (policy_config_read(&policy, checking->config, checking->part, &checking->scratch.arena, checking->error) <
	    0)
		return -1;
	for (size_t i = 0; i < checking->part->count; i++) {
		const struct config_entry *entry = &checking->part->entries[i];

		if (strcmp(entry->key, "target") == 0 && member_check(checking, entry, entry->value) < 0)
			return -1;
	}
	return 0;
}

static int part_check(struct checking *checking)
{
	switch (checking->part->kind) {
	case CONFIG_DEFAULTS:
	case CONFIG_SECTION:
		return options_check(checking);
	case CONFIG_TARGET:
		return target_check(checking);
	case CONFIG_GROUP:
		return group_check(checking);
	case CONFIG_CREDENTIALS:
		return credentials_check(checking);
	case CONFIG_POLICY:
		return policy_check(checking);
	}
	return 0;
}

int config_check(const struct config *config, struct error *error)
{
	struct checking checking = {.config = config, .error = error};
	int result = 0;

	settings_init(&checking.scratch);
	for (size_t i = 0; i < config->count && result == 0; i++) {
		checking.part = &config->parts[i];
		result = part_check(&checking);
	}
	settings_free(&checking.scratch);
	return result;
}
