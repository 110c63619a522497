/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/act/recent.h"

#include <string.h>

void recent_init(struct recent *recent)
{
	memset(recent, 0, sizeof *recent);
	recent->keys.arena = recent->names.arena = recent->hosts.arena = &recent->arena;
}

void recent_free(struct recent *recent)
{
	arena_free(&recent->arena);
	recent_init(recent);
}

size_t recent_run_add(struct recent *recent, const char *run)
{
	size_t number = name_index_find(&recent->names, run);

	if (number != NAME_NONE)
		return number;
	number = recent->names.count;
	recent->runs = arena_grow(&recent->arena, recent->runs, number, &recent->runs_allocated, sizeof *recent->runs);
	return name_index_add(&recent->names, arena_strdup(&recent->arena, run));
}

/* No host and no target has a control character in its name. */
static const char *key_of(const struct recent *recent, struct arena *arena, size_t run, const char *host,
                          const char *target)
{
	return arena_printf(arena, "%s\x1f%s\x1f%s", recent->names.names[run], host, target);
}

struct recent_entry *recent_add(struct recent *recent, size_t run, const char *host, const char *target)
{
	struct arena scratch = {0};
	size_t number = name_index_find(&recent->keys, key_of(recent, &scratch, run, host, target));

	arena_free(&scratch);
	if (number != NAME_NONE)
		return &recent->entries[number];
	number = name_index_add(&recent->keys, key_of(recent, &recent->arena, run, host, target));
	recent->entries =
	    arena_grow(&recent->arena, recent->entries, number, &recent->entries_allocated, sizeof *recent->entries);
	recent->entries[number] = (struct recent_entry){
	    .run = run,
	    .host = arena_strdup(&recent->arena, host),
	    .target = arena_strdup(&recent->arena, target),
	};
	return &recent->entries[number];
}

static const struct recent_entry *find(const struct recent *recent, const char *key)
{
	size_t number = name_index_find(&recent->keys, key);

	return number != NAME_NONE ? &recent->entries[number] : NULL;
}

/* What the witness knows about a run whose end this record does not have: its intents, if the witness has all of
 * them. */
static bool ask_witness(const struct recent *witness, const char *run, const char *key, bool dead,
                        struct recent_entry *entry)
{
	size_t number = name_index_find(&witness->names, run);
	const struct recent_entry *seen;

	if (number == NAME_NONE || !witness->runs[number].planned || witness->unreadable > 0)
		return false;
	if (!dead && !witness->runs[number].ended)
		return false;
	seen = find(witness, key);
	entry->intended = seen != NULL ? seen->intended : 0;
	entry->logoffs = seen != NULL ? seen->logoffs : 0;
	return true;
}

static void count(struct recent_acts *acts, const struct recent_entry *entry)
{
	acts->acts += entry->counted;
	acts->logoffs += entry->logoffs < entry->counted ? entry->logoffs : entry->counted;
}

void recent_judge(struct recent *recent, const struct name_index *locked, const struct recent *witness)
{
	recent->hosts = (struct name_index){.arena = &recent->arena};
	recent->by_host = arena_alloc(&recent->arena, recent->keys.count * sizeof *recent->by_host);
	for (size_t i = 0; i < recent->keys.count; i++) {
		struct recent_entry *entry = &recent->entries[i];
		bool dead = name_index_find(locked, entry->host) != NAME_NONE;
		bool known = recent->runs[entry->run].ended;

		if (!known && witness != NULL)
			known =
			    ask_witness(witness, recent->names.names[entry->run], recent->keys.names[i], dead, entry);
		else if (!known)
			known = dead;
		entry->counted = known || entry->intended > entry->planned ? entry->intended : entry->planned;
		count(&recent->by_host[name_index_add(&recent->hosts, entry->host)], entry);
	}
}

struct recent_acts recent_everywhere(const struct recent *recent)
{
	struct recent_acts acts = {.acts = recent->unreadable};

	for (size_t i = 0; i < recent->keys.count; i++)
		count(&acts, &recent->entries[i]);
	return acts;
}

struct recent_acts recent_in_scope(const struct recent *recent, const struct name_index *scope)
{
	struct recent_acts acts = {.acts = recent->unreadable};

	for (size_t i = 0; i < recent->keys.count; i++)
		if (name_index_find(scope, recent->entries[i].host) != NAME_NONE ||
		    name_index_find(scope, recent->entries[i].target) != NAME_NONE)
			count(&acts, &recent->entries[i]);
	return acts;
}

struct recent_acts recent_on_host(const struct recent *recent, const char *host)
{
	size_t number = name_index_find(&recent->hosts, host);
	struct recent_acts acts = {0};

	if (number != NAME_NONE)
		acts = recent->by_host[number];
	acts.acts += recent->unreadable;
	return acts;
}
