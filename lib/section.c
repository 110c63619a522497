/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/section.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/buffer.h"
#include "lib/config.h"
#include "lib/error.h"

static bool listed(const struct string_list *acts, const char *act)
{
	for (size_t i = 0; i < acts->count; i++)
		if (strcmp(acts->items[i], act) == 0)
			return true;
	return false;
}

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
	if (acts->count == 0 && is_privileged && (program->program & PROGRAM_HANDLERS) != 0) {
		error_set(error, ERROR_CONFIG, STEP_NONE, "%s:%u: [section %s] does not say its act",
		          settings->config.file, part->line, part->name);
		return error_hint(error, "as root only a section that says act = %s may be used here", program->act);
	}
	if (acts->count == 0 || listed(acts, program->act))
		return 0;
	for (size_t i = 0; i < acts->count; i++)
		buffer_printf(&words, "%s%s", i > 0 ? ", " : "", acts->items[i]);
	refuse(settings, part, buffer_text(&words), program->act, error);
	buffer_free(&words);
	return -1;
}
