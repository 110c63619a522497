/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rules of the administrator: the options of [section wtsapi], read as a handler reads them.  execute is not
 * allowed in [defaults], so without that section nothing is ever changed.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/trust.h"
#include "lib/config/config.h"
#include "lib/config/options.h"
#include "lib/config/options_parse.h"
#include "lib/config/programs.h"
#include "lib/config/section.h"
#include "lib/config/settings.h"
#include "providers/registry.h"
#include "wtsapi/broker/broker.h"
#include "wtsapi/message.h"

#define SECTION      SECTION_WTSAPI
#define THIS_MACHINE "local:"

enum { ARGUMENTS = 5 };

static int parse(struct question *question, bool section, const char *target, struct error *error)
{
	const char *config = privileged() ? NULL : message_find(question->request, "config");
	struct arena *arena = &question->arguments;
	struct program_info program = program_logoff;
	char *arguments[ARGUMENTS + 1] = {0};
	int count = 0;

	arguments[count++] = arena_strdup(arena, "curfew-wtsapi");
	if (config != NULL)
		arguments[count++] = arena_printf(arena, "--config=%s", config);
	if (section)
		arguments[count++] = arena_strdup(arena, "--section=" SECTION);
	if (target != NULL)
		arguments[count++] = arena_printf(arena, "--target=%s", target);
	program.act = SECTION_WTSAPI;
	return options_parse(&program, provider_registry, count, arguments, &question->settings, error) == 0 ? 0 : -1;
}

static bool names_target(const struct config_part *part)
{
	for (size_t i = 0; i < part->count; i++)
		if (strcmp(part->entries[i].key, "target") == 0)
			return true;
	return false;
}

int question_prepare(struct question *question, const struct message *request, struct error *error)
{
	const char *wanted = message_find(request, "target");
	const struct config_part *part;
	const char *target = wanted != NULL ? wanted : THIS_MACHINE;

	question->request = request;
	if (parse(question, false, target, error) < 0)
		return -1;
	if ((part = config_find(&question->settings.config, CONFIG_SECTION, SECTION)) != NULL) {
		if (wanted == NULL && names_target(part))
			target = NULL;
		settings_free(&question->settings);
		if (parse(question, true, target, error) < 0)
			return -1;
	}
	if (question->settings.target_count != 1)
		return error_set(error, ERROR_USAGE, STEP_NONE, "%s is %zu targets, and a server is one",
		                 wanted != NULL ? wanted : "[section " SECTION "]", question->settings.target_count);
	question->target = &question->settings.targets[0];
	return 0;
}

void question_free(struct question *question)
{
	settings_free(&question->settings);
	arena_free(&question->arguments);
}

int64_t question_list_time(const struct question *question)
{
	const struct settings *settings = &question->settings;

	return settings->target_timeout < settings->timeout ? settings->target_timeout : settings->timeout;
}

int64_t question_act_time(const struct question *question)
{
	return question_list_time(question) + question->settings.timeout;
}
