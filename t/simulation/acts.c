/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/simulation/acts.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/act/remedy_writer.h"
#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/error.h"
#include "lib/config/programs.h"
#include "lib/config/settings.h"
#include "lib/enforce/enforce_explain.h"
#include "lib/judge/select.h"
#include "lib/target/provider.h"
#include "t/simulation/check.h"
#include "t/simulation/clockwork.h"
#include "t/simulation/journal.h"
#include "t/simulation/process.h"
#include "t/simulation/simulate.h"
#include "t/simulation/world.h"

/* The engine's patience with an order (doc/audit.md). */
enum { ORDER_PATIENCE = 10 * MINUTE };
/* Runs that it may take until a list shows the end: some lists are cut short. */
enum { RUNS_TO_CLOSE = 8 };

struct record {
	int pid;
	int64_t at;
	enum act act;
	const struct farm_host *host;
	unsigned id;
	char birth[24], user[16];
	bool ordered;
	bool dead, said; /* its run was killed; has said that the audit is lost */
};
static struct record *records;
static size_t count, allocated;
static const struct settings *settings_now;
struct acts_sums acts_sums;

void acts_begin(const struct settings *settings)
{
	settings_now = settings;
	acts_sums = (struct acts_sums){0};
	count = 0;
}

void acts_add(const struct seat *seat, enum act act)
{
	struct record *record;

	if (!journal_intends(process_now->pid, seat->birth))
		check_failed("%s on %s: %s, and no intent is on the disk", seat->person->name, seat->host->name,
		             act_name(act));
	if (count == allocated) {
		allocated = allocated * 2 + 64;
		records = must_realloc(records, allocated * sizeof *records);
	}
	record = &records[count++];
	*record = (struct record){
	    .pid = process_now->pid, .at = virtual_time.now, .act = act, .host = seat->host, .id = seat->id};
	snprintf(record->birth, sizeof record->birth, "%s", seat->birth);
	snprintf(record->user, sizeof record->user, "%s", seat->person->name);
	acts_sums.acts++;
}

void acts_run_end(const struct process *process, bool said)
{
	for (size_t i = 0; i < count; i++)
		if (records[i].pid == process->pid) {
			records[i].dead = process->dead;
			records[i].said = said;
		}
}

static int hear(void *context, const char *text, size_t length, struct error *error)
{
	(void)error;
	buffer_add(context, text, length);
	return 0;
}

/* What explain_sessions says of everybody, as an operator would ask it now. */
static json_t *explanation(void)
{
	struct settings explaining = *settings_now;
	struct buffer out = {0};
	struct remedy_writer writer = {hear, &out};
	struct error error = {0};
	struct arena arena = {0};
	json_t *json = NULL;

	explaining.output = OUTPUT_JSON;
	explaining.since = INT64_C(10) * DAY;
	explaining.filter = (struct filter){0};
	string_list_add(&explaining.filter.users, &arena, "*");
	if (explain_run(&program_explain, &explaining, &writer, &error) < 0)
		check_failed("explain_sessions: %s", error.text);
	json = json_loads(buffer_text(&out), 0, NULL);
	if (json == NULL)
		check_failed("explain_sessions wrote no JSON: %.200s", buffer_text(&out));
	buffer_free(&out);
	arena_free(&arena);
	return json;
}

static bool same(const json_t *object, const char *key, const char *text)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value != NULL && strcmp(value, text) == 0;
}

/* Does it tell of an act that was begun and never finished? */
static bool told_open(const json_t *json, const struct record *record)
{
	const json_t *sessions = json_object_get(json, "sessions"), *session, *event;
	char id[16], begun[64];
	size_t i, j;

	snprintf(id, sizeof id, "%u", record->id);
	snprintf(begun, sizeof begun, "%s: begun, and no result", act_name(record->act));
	json_array_foreach (sessions, i, session) {
		if (!same(session, "host", record->host->name) || !same(session, "id", id) ||
		    !same(session, "user", record->user))
			continue;
		json_array_foreach (json_object_get(session, "events"), j, event) {
			const char *what = json_string_value(json_object_get(event, "what"));

			if (what != NULL && strncmp(what, begun, strlen(begun)) == 0)
				return true;
		}
	}
	return false;
}

/* Its run was killed before it could write a result. */
static void follow_open(const struct record *record, json_t **json)
{
	if (*json == NULL)
		*json = explanation();
	if (!told_open(*json, record))
		check_failed("%s on %s (id %u, %s): %s has no result, and explain_sessions does not say so",
		             record->user, record->host->name, record->id, record->birth, act_name(record->act));
	acts_sums.explained++;
}

/* Has anything kept the runs from seeing the end? */
static int64_t waits_since(const struct record *record)
{
	int64_t since = record->at > simulation.disturbed_at ? record->at : simulation.disturbed_at;

	for (size_t i = 0; i < world.host_count; i++) {
		const struct farm_host *host = &world.hosts[i];
		int64_t changed = host->up ? host->changed_at : virtual_time.now;

		if (host->target == record->host->target && changed > since)
			since = changed;
	}
	return since;
}

/* true: nothing more is to be expected of it. */
static bool follow(struct record *record, json_t **json)
{
	const bool durable = !record->dead && !record->ordered;
	enum journal_end end =
	    journal_ends(record->ordered ? 0 : record->pid, record->birth, act_name(record->act), durable);

	switch (end) {
	case JOURNAL_CLOSED:
		acts_sums.results++;
		acts_sums.closed += record->ordered;
		return true;
	case JOURNAL_ORDERED:
		acts_sums.ordered += !record->ordered;
		record->ordered = true;
		if (virtual_time.now - waits_since(record) >
		    ORDER_PATIENCE + RUNS_TO_CLOSE * simulation.interval + MINUTE)
			check_failed("%s on %s (id %u, %s): %s was ordered, and no run has closed that for %" PRId64
			             " minutes",
			             record->user, record->host->name, record->id, record->birth, act_name(record->act),
			             (virtual_time.now - record->at) / MINUTE);
		return false;
	case JOURNAL_NONE:
		break;
	}
	if (record->ordered)
		check_failed("%s on %s: the order that was in the audit is gone", record->user, record->host->name);
	if (record->said)
		acts_sums.reported++;
	else if (record->dead)
		follow_open(record, json);
	else
		check_failed("%s on %s (id %u, %s): %s has no result, and its run did not say why", record->user,
		             record->host->name, record->id, record->birth, act_name(record->act));
	return true;
}

void acts_follow(void)
{
	json_t *json = NULL;
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (!follow(&records[i], &json))
			records[kept++] = records[i];
	count = kept;
	json_decref(json);
}

bool acts_wait(void)
{
	return count > 0;
}
