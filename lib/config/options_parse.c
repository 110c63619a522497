/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads options from four levels, lowest first: built-in, [defaults], [section NAME], command line. */
#include "lib/config/options_parse.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/nearest.h"
#include "lib/base/trust.h"
#include "lib/config/command_line.h"
#include "lib/config/config.h"
#include "lib/config/config_load.h"
#include "lib/config/option_level.h"
#include "lib/config/option_table.h"
#include "lib/config/options.h"
#include "lib/config/section.h"
#include "lib/config/settings.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"

static int config_find_and_load(const struct level *line, struct settings *settings, struct error *error)
{
	const struct option_value *named = level_find(line, "config");
	const char *file = config_default();
	struct stat status;

	if (named != NULL)
		return named->value[0] == '\0'
		           ? error_set(error, ERROR_USAGE, STEP_NONE, "--config \"\": must not be empty")
		           : config_load(&settings->config, settings->config.providers, named->value, &settings->arena,
		                         error);
	if (stat(file, &status) < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	return config_load(&settings->config, settings->config.providers, file, &settings->arena, error);
}

/* Reads one section of the configuration.  Options of other programs are ignored. */
static void part_read(const struct config *config, const struct config_part *part, unsigned program,
                      struct level *level)
{
	for (size_t i = 0; i < part->count; i++) {
		const struct config_entry *entry = &part->entries[i];
		const struct option_spec *spec = option_find(entry->key, program);

		if (spec != NULL)
			level_add(level, spec, entry->value,
			          arena_printf(level->arena, "%s:%u: %s", config->file, entry->line, entry->key));
	}
}

static int section_unknown(const struct config *config, const char *name, struct error *error)
{
	struct nearest nearest = nearest_to(name, strlen(name));

	for (size_t i = 0; i < config->count; i++)
		if (config->parts[i].kind == CONFIG_SECTION)
			nearest_offer(&nearest, config->parts[i].name);
	if (config->file == NULL) {
		error_set(error, ERROR_USAGE, STEP_NONE, "--section %.80s: there is no such section", name);
		return error_hint(error, "there is no configuration: %s does not exist", config_default());
	}
	error_set(error, ERROR_USAGE, STEP_NONE, "--section %.80s: there is no such section in %s", name, config->file);
	return nearest.best != NULL ? error_hint(error, "did you mean %s?", nearest.best) : -1;
}

static int section_read(const struct level *line, const struct settings *settings, unsigned program,
                        struct level *section, struct error *error)
{
	const struct option_value *named = level_find(line, "section");
	const struct config_part *part;

	if (named == NULL)
		return 0;
	part = config_find(&settings->config, CONFIG_SECTION, named->value);
	if (part == NULL)
		return section_unknown(&settings->config, named->value, error);
	part_read(&settings->config, part, program, section);
	return 0;
}

/* -H HOST -P PROVIDER becomes PROVIDER://HOST, with brackets around an IPv6 address. */
static int host_to_target(struct settings *settings, const struct level *line, struct error *error)
{
	const char *host = settings->host_name;
	bool bare_ipv6;

	if (host == NULL && level_find(line, "provider") != NULL)
		return error_set(error, ERROR_USAGE, STEP_NONE, "--provider needs --hostname");
	if (host == NULL)
		return 0;
	if (settings->provider_name == NULL) {
		error_set(error, ERROR_USAGE, STEP_NONE, "--hostname needs --provider");
		return error_hint(error, "as in -H rds01 -P tsts; --list-providers has all");
	}
	bare_ipv6 = host[0] != '[' && strchr(host, ':') != strrchr(host, ':');
	string_list_add(
	    &settings->target_names, &settings->arena,
	    arena_printf(&settings->arena, bare_ipv6 ? "%s://[%s]" : "%s://%s", settings->provider_name, host));
	return 0;
}

static void classes_to_bits(struct settings *settings)
{
	enum session_class class;

	if (settings->classes.count == 0)
		return;
	settings->class_bits = 0;
	for (size_t i = 0; i < settings->classes.count; i++)
		if (session_class_parse(settings->classes.items[i], &class) == 0)
			settings->class_bits |= 1u << class;
}

/* --record and --replay are refused for root: somebody else may have chosen the file. */
static int recording_check(struct settings *settings, bool explicit, struct error *error)
{
	if ((settings->record != NULL || settings->replay != NULL) && privileged())
		return error_set(error, ERROR_USAGE, STEP_NONE, "root may not use --record and --replay");
	if (settings->record != NULL && (!settings->diagnose || settings->replay != NULL))
		return error_set(error, ERROR_USAGE, STEP_NONE,
		                 "--record needs --diagnose, and cannot be used with --replay");
	if (settings->replay == NULL)
		return 0;
	settings->target_names = (struct string_list){0};
	if (settings->remember)
		return error_set(error, ERROR_USAGE, STEP_NONE, "--remember cannot be used with --replay");
	if (!explicit)
		return 0;
	error_set(error, ERROR_USAGE, STEP_NONE, "--replay takes its targets from the recording");
	return error_hint(error, "leave out --target");
}

static int targets_resolve(const struct program_info *program, struct settings *settings, bool explicit,
                           struct error *error)
{
	const bool enforces = program->program == PROGRAM_ENFORCE || (program->program & PROGRAM_READERS) != 0 ||
	                      (program->program == PROGRAM_CHECK && settings->policies.count > 0);

	if (settings->dry_run)
		settings->execute = false;
	if (enforces && !explicit) /* enforce_sessions takes its targets from the policies */
		settings->target_names = (struct string_list){0};
	if (settings->execute && !explicit && !settings->from_stdin && !enforces) {
		error_set(error, ERROR_USAGE, STEP_NONE, "--execute needs a target");
		return error_hint(error, "name it with -T or in the section; [defaults] does not count here");
	}
	if (recording_check(settings, explicit, error) < 0)
		return -1;
	if (settings->target_names.count == 0 && settings->replay == NULL && (program->program & PROGRAM_ACTORS) == 0 &&
	    !enforces) {
		error_set(error, ERROR_USAGE, STEP_NONE, "no target");
		return error_hint(error, "name it with -T, or use --section");
	}
	return config_targets(&settings->config, &settings->target_names, &settings->arena, &settings->targets,
	                      &settings->target_count, error);
}

/* An error only if both were set: a longer built-in value ends with the run. */
static int times_check(const struct settings *settings, const struct level *const *levels, size_t count,
                       struct error *error)
{
	bool run = false, target = false;

	for (size_t i = 0; i < count; i++) {
		run = run || level_find(levels[i], "timeout") != NULL;
		target = target || level_find(levels[i], "target-timeout") != NULL;
	}
	if (!run || !target || settings->target_timeout <= settings->timeout)
		return 0;
	error_set(error, ERROR_USAGE, STEP_NONE, "--target-timeout is longer than --timeout");
	return error_hint(error, "--timeout is for the whole run: raise it");
}

int options_parse(const struct program_info *program, const struct provider *const providers[], int argc, char **argv,
                  struct settings *settings, struct error *error)
{
	struct level defaults = {.arena = &settings->arena}, section = defaults, line = defaults;
	const struct level *const levels[] = {&defaults, &section, &line};
	const struct config_part *part;
	struct error ignored = {0};
	int status;

	settings_init(settings);
	settings->timeout = program->timeout;
	settings->config.providers = providers;
	if ((status = command_line_read(program, providers, argc, argv, &line, error)) != 0)
		return status;
	if (config_find_and_load(&line, settings, error) < 0 ||
	    section_read(&line, settings, program->program, &section, error) < 0)
		return -1;
	if ((part = config_find(&settings->config, CONFIG_DEFAULTS, "")) != NULL)
		part_read(&settings->config, part, program->program, &defaults);
	if (level_apply(&defaults, settings, error) < 0 || level_apply(&section, settings, error) < 0 ||
	    level_apply(&line, settings, error) < 0 || host_to_target(settings, &line, error) < 0 ||
	    times_check(settings, levels, sizeof levels / sizeof *levels, error) < 0)
		return -1;
	settings->filter_on_line = level_has_filter(&line);
	settings->state_dir_shared = settings->state_dir != NULL && level_find(&line, "state-dir") == NULL &&
	                             root_alone_writes(settings->config.file, &ignored) == 0;
	if (section_check(program, settings, privileged(), error) < 0)
		return -1;
	classes_to_bits(settings);
	return targets_resolve(program, settings, level_names_targets(&section) || level_names_targets(&line), error);
}
