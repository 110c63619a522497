/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/rehearse/rehearsal.h"
#include "lib/rehearse/tally.h"

static json_t *sums_json(const struct sums *sums, const char *name)
{
	return json_pack("{s:s*, s:I, s:I, s:I, s:I, s:I, s:f, s:f, s:I}", "name", name, "warned",
	                 (json_int_t)sums->warned, "disconnected", (json_int_t)sums->disconnected, "logged_off",
	                 (json_int_t)sums->logged_off, "regretted", (json_int_t)sums->regretted, "returned_later",
	                 (json_int_t)sums->came_back, "session_hours", sums->freed, "gib_hours", sums->memory,
	                 "memory_unknown", (json_int_t)sums->memoryless);
}

static json_t *list_json(const struct tally_list *list)
{
	json_t *json = json_array();

	for (size_t i = 0; i < list->index.count; i++)
		json_array_append_new(json, sums_json(&list->sums[i], list->sums[i].name));
	return json;
}

static json_t *set_json(const struct rehearsed *set)
{
	json_t *json = sums_json(&set->tally.total, set->name), *notes = json_array();

	for (size_t i = 0; i < set->notes.count; i++)
		json_array_append_new(notes, json_string(set->notes.items[i]));
	json_object_set_new(json, "busiest_hour", json_integer((json_int_t)set->busiest_hour));
	json_object_set_new(json, "held_back",
	                    json_pack("{s:I, s:I, s:I, s:I}", "later", (json_int_t)set->held.later, "longest_ms",
	                              (json_int_t)set->held.longest, "never", (json_int_t)set->held.never,
	                              "refused_runs", (json_int_t)set->held.refused));
	json_object_set_new(json, "notes", notes);
	json_object_set_new(json, "days", list_json(&set->tally.days));
	json_object_set_new(json, "hosts", list_json(&set->tally.hosts));
	json_object_set_new(json, "users", list_json(&set->tally.users));
	return json;
}

static int append(const char *bytes, size_t size, void *out)
{
	buffer_add(out, bytes, size);
	return 0;
}

void rehearsal_json(const struct rehearsal *rehearsal, struct buffer *out)
{
	char from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE];
	json_t *json, *policies = json_array();

	time_format(from, sizeof from, rehearsal->from);
	time_format(to, sizeof to, rehearsal->to);
	for (size_t i = 0; i < rehearsal->set_count; i++)
		json_array_append_new(policies, set_json(&rehearsal->sets[i]));
	json = json_pack("{s:i, s:s, s:s, s:I, s:I, s:I, s:o}", "format", 1, "from", from, "to", to, "sessions",
	                 (json_int_t)rehearsal->sessions, "users", (json_int_t)rehearsal->users, "hosts",
	                 (json_int_t)rehearsal->hosts, "policies", policies);
	json_dump_callback(json, append, out, JSON_COMPACT);
	buffer_puts(out, "\n");
	json_decref(json);
}
