/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/config/section.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/error.h"
#include "lib/config/config.h"
#include "lib/config/option_apply.h"
#include "lib/config/option_table.h"

static int refuse(const struct settings *settings, const struct config_part *part, const char *acts, const char *act,
                  struct error *error)
{
	const struct config_entry *entry = config_entry_find(part, "act");

	error_set(error, ERROR_CONFIG, STEP_NONE, "%s:%u: [section %s] is for %s, not for %s", settings->config.file,
	          entry != NULL ? entry->line : part->line, part->name, acts, act);
	return error_hint(error, "name another section, or add %s to its act", act);
}

int section_check(const struct program_info *program, const struct settings *settings, bool is_privileged,
                  struct error *error)
{
	const struct string_list *acts = &settings->section_acts;
	const struct config_part *part;
	struct buffer words = {0};

	if (settings->section == NULL ||
	    (part = config_find(&settings->config, CONFIG_SECTION, settings->section)) == NULL)
		return 0;
	if (acts->count == 0 && strcmp(settings->section, SECTION_WTSAPI) == 0)
		return strcmp(program->act, SECTION_WTSAPI) == 0
		           ? 0
		           : refuse(settings, part, SECTION_WTSAPI, program->act, error);
	if (acts->count == 0 && is_privileged && (program->program & PROGRAM_ACTORS) != 0) {
		error_set(error, ERROR_CONFIG, STEP_NONE, "%s:%u: [section %s] does not say its act",
		          settings->config.file, part->line, part->name);
		return error_hint(error, "as root only a section that says act = %s may be used here", program->act);
	}
	if (acts->count == 0 || string_list_has(acts, program->act))
		return 0;
	for (size_t i = 0; i < acts->count; i++)
		buffer_printf(&words, "%s%s", i > 0 ? ", " : "", acts->items[i]);
	refuse(settings, part, buffer_text(&words), program->act, error);
	buffer_free(&words);
	return -1;
}

static int acts_read(struct settings *settings, const struct config_part *part, struct error *error)
{
	const struct option_spec *spec = option_find("act", PROGRAM_ALL);
	char where[PATH_MAX + 32];

	for (size_t i = 0; i < part->count; i++) {
		const struct config_entry *entry = &part->entries[i];

		if (strcmp(entry->key, spec->name) != 0)
			continue;
		snprintf(where, sizeof where, "%s:%u: %s", settings->config.file, entry->line, entry->key);
		if (option_apply(spec, settings, entry->value, where, error) < 0)
			return -1;
	}
	return 0;
}

const char *section_handler(struct settings *settings, const char *name, struct error *error)
{
	static const char *const handlers[] = {"disconnect", "logoff", "message", "enforce"};
	const struct config_part *part = config_find(&settings->config, CONFIG_SECTION, name);
	const char *file = settings->config.file, *found = NULL;

	if (part == NULL) {
		error_set(error, ERROR_CONFIG, STEP_NONE, "%s: there is no [section %.80s]", file, name);
		return NULL;
	}
	if (acts_read(settings, part, error) < 0)
		return NULL;
	for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++) {
		if (!string_list_has(&settings->section_acts, handlers[i]))
			continue;
		if (found != NULL) {
			error_set(error, ERROR_CONFIG, STEP_NONE, "%s:%u: the act of [section %s] is %s and %s", file,
			          part->line, name, found, handlers[i]);
			error_hint(error, "write a section for each");
			return NULL;
		}
		found = handlers[i];
	}
	if (found == NULL) {
		error_set(error, ERROR_CONFIG, STEP_NONE, "%s:%u: [section %s] names no act%s", file, part->line, name,
		          settings->section_acts.count > 0 ? " of a handler" : "");
		error_hint(error, "say act = disconnect, logoff, message or enforce in it");
	}
	return found;
}
