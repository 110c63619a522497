/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/enforce/enforce_rehearse.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/act/remedy.h"
#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/name_index.h"
#include "lib/config/config.h"
#include "lib/config/config_load.h"
#include "lib/enforce/enforce_run.h"
#include "lib/judge/classify.h"
#include "lib/judge/select.h"
#include "lib/ledger/history.h"
#include "lib/ledger/ledger.h"
#include "lib/policy/policy.h"
#include "lib/policy/zone.h"
#include "lib/rehearse/rehearsal.h"
#include "lib/rehearse/replay.h"
#include "lib/rehearse/tally.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"
#include "lib/target/target_parse.h"

/* ms; a reader waits only while another program creates the file. */
enum { PATIENCE = 2000 };
/* --policy and --against. */
enum { SETS_MOST = 2 };

/* A set of policies that the history is replayed for. */
struct rehearser {
	struct settings settings; /* with the set's own configuration and names */
	struct enforcement run;
	struct replay replay;
	struct rehearsed *found;
	struct name_index urls;   /* of the targets that its policies name, */
	struct string_list names; /* and their target_key() */
	bool groups;
	const struct life *life; /* that is replayed now */
};

struct rehearsing {
	const struct settings *settings;
	struct arena arena;
	struct rehearser sets[SETS_MOST];
	struct rehearsed found[SETS_MOST];
	struct rehearsal rehearsal;
	struct name_index users, hosts, urls; /* urls: of -T */
	struct name_index members;
	const struct string_list **groups; /* of the members, by their numbers */
	size_t groups_allocated;
};

static void note(struct rehearsing *all, struct rehearser *set, const char *name, const char *text)
{
	string_list_add(&set->found->notes, &all->arena, arena_printf(&all->arena, "policy %s: %s", name, text));
}

/* The history has no memory use and no CPU use: these never hold a session back here. */
static void free_of_unknowns(struct rehearsing *all, struct rehearser *set)
{
	for (size_t i = 0; i < set->run.policy_count; i++) {
		struct policy *policy = &set->run.policies[i];

		if (policy->sessions_over.known || policy->memory_below.known)
			note(all, set, policy->name, "rehearsed as if its hosts always needed the room");
		if (policy->protect_busy)
			note(all, set, policy->name, "rehearsed as if no program was at work");
		if (policy->limit[CAUSE_IDLE].known && policy->limit[CAUSE_IDLE].length < 2 * (int64_t)HISTORY_IDLE)
			note(all, set, policy->name, "idle times of less than 5 minutes are not in the history");
		policy->sessions_over.known = policy->memory_below.known = false;
		policy->protect_busy = false;
		if (set->found->zone == NULL)
			set->found->zone = policy->zone;
		set->groups = set->groups || policy->groups.count + policy->exempt_groups.count > 0;
	}
}

static int names_read(struct rehearsing *all, struct rehearser *set, struct error *error)
{
	set->urls.arena = &all->arena;
	for (size_t i = 0; i < set->run.policy_count; i++) {
		const struct string_list *names = &set->run.configs[i].targets;
		struct target *targets;
		size_t count;

		if (names->count > 0 &&
		    config_targets(&set->settings.config, names, &all->arena, &targets, &count, error) < 0)
			return -1;
		for (size_t j = 0; names->count > 0 && j < count; j++)
			if (name_index_add(&set->urls, targets[j].url) == set->names.count)
				string_list_add(&set->names, &all->arena, target_key(&targets[j], &all->arena));
	}
	return 0;
}

/* names: of policies; or one file, which has a '/' in its name, for all policies of that configuration. */
static int set_open(struct rehearsing *all, struct rehearser *set, const struct string_list *names, struct error *error)
{
	const char *file = names->count > 0 && strchr(names->items[0], '/') != NULL ? names->items[0] : NULL;

	set->settings = *all->settings;
	set->settings.policies = *names;
	if (file != NULL) {
		if (names->count > 1)
			return error_set(error, ERROR_USAGE, STEP_NONE, "--policy %.80s: a file stands alone", file);
		set->settings.policies = (struct string_list){0};
		if (config_load(&set->settings.config, all->settings->config.providers, file, &all->arena, error) < 0)
			return -1;
	}
	set->run = (struct enforcement){.settings = &set->settings, .state.fd = -1, .without_targets = true};
	set->found->name = names->count > 0 ? names->items[0] : "all";
	for (size_t i = 1; i < names->count; i++)
		set->found->name = arena_printf(&all->arena, "%s, %s", set->found->name, names->items[i]);
	tally_init(&set->found->tally);
	if (enforce_policies(&set->run, error) < 0 || names_read(all, set, error) < 0)
		return -1;
	for (size_t i = 0; i < set->run.doubts.count; i++)
		string_list_add(&set->found->notes, &all->arena, arena_strdup(&all->arena, set->run.doubts.items[i]));
	free_of_unknowns(all, set);
	replay_make(&set->replay, set->run.policies, set->run.policy_count, all->rehearsal.from, all->rehearsal.to,
	            &all->arena);
	return 0;
}

/* The date on the clock of the set's first zone. */
static void day_of(const struct rehearser *set, int64_t at, char text[], size_t size)
{
	struct calendar_time day = {0};

	time_split(&day, at + (set->found->zone != NULL ? zone_offset(set->found->zone, at) : 0));
	snprintf(text, size, "%04d-%02d-%02d", day.year, day.month, day.day);
}

static void count_event(void *context, const struct replay_event *event)
{
	struct rehearser *set = context;
	char day[48];

	day_of(set, event->at, day, sizeof day);
	tally_add(&set->found->tally, set->life, event, day);
}

/* Looks the groups of each user up once. */
static const struct string_list *groups_cached(struct rehearsing *all, const struct session *session)
{
	struct arena scratch = {0};
	const char *key = arena_printf(&scratch, "%s\\%s %s", session->domain, session->user, session->upn);
	size_t number = name_index_find(&all->members, key);

	if (number == NAME_NONE) {
		number = name_index_add(&all->members, arena_strdup(&all->arena, key));
		all->groups = arena_grow(&all->arena, all->groups, number, &all->groups_allocated, sizeof *all->groups);
		all->groups[number] = groups_of(session, &all->arena);
	}
	arena_free(&scratch);
	return all->groups[number];
}

static bool wanted(const struct rehearsing *all, const struct life *life)
{
	const struct classification as = {.usage = USAGE_OTHER};
	struct filter filter = all->settings->filter;

	filter.exclude_users = (struct string_list){0}; /* they are exempt */
	return (all->settings->target_count == 0 || name_index_find(&all->urls, life->url) != NAME_NONE) &&
	       (!filter_given(&filter) || filter_match(&filter, life->session, &as));
}

static void count_life(struct rehearsing *all, const struct session *session)
{
	if (name_index_find(&all->users, session->user) == NAME_NONE)
		name_index_add(&all->users, arena_strdup(&all->arena, session->user));
	if (name_index_find(&all->hosts, session->host) == NAME_NONE)
		name_index_add(&all->hosts, arena_strdup(&all->arena, session->host));
	all->rehearsal.sessions++;
}

static int rehearse_life(void *context, const struct life *life, struct error *error)
{
	struct rehearsing *all = context;
	const struct provider *provider = provider_find(all->settings->config.providers, life->session->provider);

	if (remedy_stopping())
		return error_set(error, ERROR_CANCELLED, STEP_NONE, "stopped");
	if (!wanted(all, life))
		return 0;
	count_life(all, life->session);
	for (size_t i = 0; i < all->rehearsal.set_count; i++) {
		struct rehearser *set = &all->sets[i];
		size_t name = name_index_find(&set->urls, life->url);
		const struct replay_subject subject = {
		    .target = name != NAME_NONE ? set->names.items[name] : life->url,
		    .capabilities = provider != NULL ? provider->capabilities : 0,
		    .groups = set->groups ? groups_cached(all, life->session) : NULL,
		};

		set->life = life;
		replay_life(&set->replay, life, &subject, count_event, set);
	}
	return 0;
}

static int history_read(struct rehearsing *all, struct error *error)
{
	const struct settings *settings = all->settings;
	struct ledger *ledger = NULL;
	struct state_dir state;
	int missing = state_dir_open_reading(&state, settings->state_dir, settings->state_dir_shared, error);
	int result;

	if (missing < 0)
		return -1;
	result = ledger_open(&ledger, missing > 0 ? NULL : &state, LEDGER_READ, PATIENCE, error);
	if (result == 0 && !ledger_remembers(ledger)) {
		error_set(error, ERROR_SYSTEM, STEP_NONE, "there is no history in %s", state.path);
		result = error_hint(error, "enforce_sessions --execute and check_sessions --remember write it; "
		                           "--state-dir names another folder");
	}
	if (result == 0)
		result = ledger_history(ledger, all->rehearsal.from, rehearse_life, all, error);
	ledger_close(ledger);
	state_dir_close(&state);
	return result;
}

static int say(struct rehearsing *all, struct remedy_writer *writer, struct error *error)
{
	struct buffer out = {0};
	int result;

	all->rehearsal.users = all->users.count;
	all->rehearsal.hosts = all->hosts.count;
	rehearsal_sort(&all->rehearsal);
	if (all->settings->output == OUTPUT_JSON)
		rehearsal_json(&all->rehearsal, &out);
	else
		rehearsal_text(&all->rehearsal, &out);
	result = writer->write(writer->context, buffer_text(&out), out.length, error);
	buffer_free(&out);
	return result;
}

static int sets_open(struct rehearsing *all, struct error *error)
{
	const struct string_list *const names[SETS_MOST] = {&all->settings->policies, &all->settings->against};

	for (size_t i = 0; i < SETS_MOST && (i == 0 || names[i]->count > 0); i++) {
		all->rehearsal.set_count++;
		all->sets[i].found = &all->found[i];
		if (set_open(all, &all->sets[i], names[i], error) < 0)
			return -1;
	}
	return 0;
}

int rehearse_run(const struct program_info *program, const struct settings *settings, struct remedy_writer *writer,
                 struct error *error)
{
	struct rehearsing all = {.settings = settings};
	int result;

	(void)program;
	all.rehearsal = (struct rehearsal){.to = clock_now(),
	                                   .sets = all.found,
	                                   .max_acts = settings->max_acts,
	                                   .max_acts_night = settings->max_acts_night};
	all.rehearsal.from = all.rehearsal.to - settings->since;
	all.users.arena = all.hosts.arena = all.urls.arena = all.members.arena = &all.arena;
	for (size_t i = 0; i < settings->target_count; i++)
		name_index_add(&all.urls, settings->targets[i].url);
	result = sets_open(&all, error);
	if (result == 0 && (result = history_read(&all, error)) == 0)
		result = say(&all, writer, error);
	for (size_t i = 0; i < all.rehearsal.set_count; i++) {
		enforce_policies_free(&all.sets[i].run);
		arena_free(&all.sets[i].run.arena);
		tally_free(&all.found[i].tally);
	}
	arena_free(&all.arena);
	return result;
}
