/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes policies of the [policy NAME] sections: opens zones, reads holidays, finds targets. */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/name_index.h"
#include "lib/base/nearest.h"
#include "lib/base/trust.h"
#include "lib/config/config.h"
#include "lib/config/config_check.h"
#include "lib/config/config_policy.h"
#include "lib/config/settings.h"
#include "lib/enforce/enforce_run.h"
#include "lib/policy/policy.h"
#include "lib/policy/schedule.h"
#include "lib/policy/zone.h"
#include "lib/target/target.h"
#include "lib/target/target_parse.h"

/* Longer than any date with a comment. */
enum { LINE_MOST = 1024, LINES_MOST = 10000 };

/* The word for every policy; no policy can have this name. */
static const char ALL[] = "all";

static int policy_unknown(const struct settings *settings, const char *name, struct error *error)
{
	const struct config *config = &settings->config;
	struct nearest nearest = nearest_to(name, strlen(name));

	error_set(error, ERROR_USAGE, STEP_NONE, "--policy %.80s: there is no [policy %.80s]", name, name);
	for (size_t i = 0; i < config->count; i++)
		if (config->parts[i].kind == CONFIG_POLICY)
			nearest_offer(&nearest, config->parts[i].name);
	return nearest.best != NULL ? error_hint(error, "did you mean %s?", nearest.best) : -1;
}

/* Skips blank lines and lines that begin with #. */
static int holiday_line(struct policy_config *config, char *line, unsigned number, struct arena *arena,
                        struct error *error)
{
	char *text = line + strspn(line, " \t");
	size_t length = strcspn(text, "\r\n");
	bool more = text[length + strspn(text + length, "\r\n")] != '\0';
	struct error why = {0};

	while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
		length--;
	text[length] = '\0';
	if (more)
		error_set(&why, ERROR_CONFIG, STEP_NONE, "a carriage return inside the line; end lines by line feeds");
	else if (text[0] == '\0' || text[0] == '#' || holiday_parse(&config->policy.holidays, text, arena, &why) == 0)
		return 0;
	error_set(error, ERROR_CONFIG, STEP_NONE, "%.120s:%u: %.100s", config->holidays_file, number, why.text);
	return error_hint(error, "%s", why.hint);
}

static int holidays_read(struct policy_config *config, struct arena *arena, struct error *error)
{
	char line[LINE_MOST];
	unsigned number = 0;
	int result = 0, fd;
	FILE *file;

	if (config->holidays_file == NULL)
		return 0;
	if ((fd = trusted_open(config->holidays_file, false, error)) < 0)
		return -1;
	if ((file = fdopen(fd, "r")) == NULL) {
		close(fd);
		return error_errno(error, errno, STEP_NONE, "%s", config->holidays_file);
	}
	while (result == 0 && fgets(line, sizeof line, file) != NULL) {
		if (++number > LINES_MOST || (strchr(line, '\n') == NULL && !feof(file)))
			result = error_set(error, ERROR_CONFIG, STEP_NONE, "%.120s:%u: too long, or a NUL byte",
			                   config->holidays_file, number);
		else
			result = holiday_line(config, line, number, arena, error);
	}
	if (result == 0 && ferror(file))
		result = error_errno(error, errno, STEP_NONE, "%s", config->holidays_file);
	fclose(file);
	if (result < 0 || config->policy.holidays.count > 0)
		return result;
	error_set(error, ERROR_CONFIG, STEP_NONE, "%.120s: no date in it", config->holidays_file);
	return error_hint(error, "a file that was cut off looks like this; without holidays, take the key out");
}

static int zone_find(const struct config *config, struct policy_config *policy, struct error *error)
{
	const struct config_entry *entry = config_entry_find(policy->part, "zone");
	struct error why = {0};

	if (policy->policy.zone_name == NULL)
		return 0;
	policy->policy.zone = zone_open(policy->policy.zone_name, &why);
	if (policy->policy.zone != NULL)
		return 0;
	return config_blame(config, entry != NULL ? entry->line : policy->part->line, &why, error);
}

/* Times need a zone: without one they would be UTC, which is rarely meant. */
static int zone_needed(const struct config *config, const struct policy_config *policy, struct error *error)
{
	if (policy->policy.zone_name != NULL || policy->policy.when.count + policy->policy.deadline.count == 0)
		return 0;
	error_set(error, ERROR_CONFIG, STEP_NONE, "%s:%u: [policy %s] has times and no zone", config->file,
	          policy->part->line, policy->part->name);
	return error_hint(error, "say whose clock is meant, as in zone = Europe/Berlin");
}

static int policies_read(struct enforcement *run, struct error *error)
{
	const struct config *config = &run->settings->config;
	const struct string_list *wanted = &run->settings->policies;
	const bool all = wanted->count == 0 || string_list_has(wanted, ALL);

	if (config_find(config, CONFIG_POLICY, ALL) != NULL)
		return error_set(error, ERROR_CONFIG, STEP_NONE, "%s: [policy %s]: --policy %s means all of them",
		                 config->file, ALL, ALL);
	for (size_t i = 0; i < wanted->count && !all; i++)
		if (config_find(config, CONFIG_POLICY, wanted->items[i]) == NULL)
			return policy_unknown(run->settings, wanted->items[i], error);
	run->configs = arena_alloc(&run->arena, config->count * sizeof *run->configs);
	for (size_t i = 0; i < config->count; i++) {
		struct policy_config *policy = &run->configs[run->policy_count];

		if (config->parts[i].kind != CONFIG_POLICY || (!all && !string_list_has(wanted, config->parts[i].name)))
			continue;
		run->policy_count++;
		if (policy_config_read(policy, config, &config->parts[i], &run->arena, error) < 0 ||
		    zone_needed(config, policy, error) < 0 || zone_find(config, policy, error) < 0 ||
		    holidays_read(policy, &run->arena, error) < 0)
			return -1;
	}
	if (run->policy_count > 0)
		return 0;
	error_set(error, ERROR_USAGE, STEP_NONE, "there is no policy");
	return error_hint(error, "write a [policy NAME] section, see curfew.conf(5)");
}

/* Finds the targets that the policy names.  Each has several names, so its URL decides. */
static int named_find(struct enforcement *run, struct policy_config *policy, struct error *error)
{
	struct name_index *index;
	struct target *targets;
	size_t count;

	if (policy->targets.count == 0)
		return 0;
	if (config_targets(&run->settings->config, &policy->targets, &run->arena, &targets, &count, error) < 0)
		return -1;
	index = arena_alloc(&run->arena, sizeof *index);
	*index = (struct name_index){.arena = &run->arena};
	for (size_t i = 0; i < count; i++) {
		string_list_add(&policy->policy.targets, &run->arena, target_key(&targets[i], &run->arena));
		string_list_add(&policy->policy.targets, &run->arena, targets[i].label);
	}
	for (size_t i = 0; i < policy->policy.targets.count; i++)
		name_index_add(index, policy->policy.targets.items[i]);
	policy->policy.target_index = index;
	return 0;
}

/* Finds the targets of the run: those of the command line or the section, else those that the policies name. */
static int targets_find(struct enforcement *run, struct error *error)
{
	const struct settings *settings = run->settings;
	struct string_list names = {0};

	if (settings->target_count > 0) {
		run->targets = settings->targets;
		run->target_count = settings->target_count;
		return 0;
	}
	for (size_t i = 0; i < run->policy_count; i++) {
		const struct string_list *targets = &run->configs[i].targets;

		if (targets->count == 0) {
			error_set(error, ERROR_USAGE, STEP_NONE, "no target: [policy %s] names none",
			          run->configs[i].policy.name);
			return error_hint(error, "name one with -T, in the section, or in the policy");
		}
		for (size_t j = 0; j < targets->count; j++)
			string_list_add(&names, &run->arena, targets->items[j]);
	}
	return config_targets(&settings->config, &names, &run->arena, &run->targets, &run->target_count, error);
}

/* Adds the names that the groups have as those of a user.  True if a group of the list does not exist: nobody is its
 * member then, and a misspelled exemption must protect. */
static bool groups_find(struct enforcement *run, const char *policy, const char *key, struct string_list *groups)
{
	const size_t count = groups->count;
	bool doubtful = false;

	for (size_t i = 0; i < count; i++) {
		const char *called = group_called(groups->items[i], &run->arena);

		if (called != NULL) {
			string_list_add(groups, &run->arena, called);
			continue;
		}
		string_list_add(&run->doubts, &run->arena,
		                arena_printf(&run->arena,
		                             "policy %s: there is no group %s on this machine, so whom its %s means is "
		                             "unknown, and it ends nobody of whom that matters",
		                             policy, groups->items[i], key));
		doubtful = true;
	}
	return doubtful;
}

int enforce_policies(struct enforcement *run, struct error *error)
{
	/* Users that the configuration excludes are exempt from every policy. */
	const struct string_list *excluded = &run->settings->filter.exclude_users;

	if (policies_read(run, error) < 0 || (!run->without_targets && targets_find(run, error) < 0))
		return -1;
	for (size_t i = 0; i < run->policy_count; i++)
		if (named_find(run, &run->configs[i], error) < 0)
			return -1;
	run->policies = arena_alloc(&run->arena, run->policy_count * sizeof *run->policies);
	for (size_t i = 0; i < run->policy_count; i++) {
		struct policy *policy;

		for (size_t j = 0; j < excluded->count; j++)
			string_list_add(&run->configs[i].policy.exempt_users, &run->arena, excluded->items[j]);
		run->policies[i] = run->configs[i].policy;
		policy = &run->policies[i];
		policy->groups_doubtful = groups_find(run, policy->name, "user-group", &policy->groups);
		policy->exempt_groups_doubtful = groups_find(run, policy->name, "exempt-group", &policy->exempt_groups);
	}
	return 0;
}

void enforce_policies_free(struct enforcement *run)
{
	for (size_t i = 0; i < run->policy_count; i++)
		zone_close((struct zone *)run->configs[i].policy.zone);
	run->policy_count = 0;
}
