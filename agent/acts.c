/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/acts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/cell_text.h"
#include "agent/columns.h"
#include "agent/grid.h"
#include "agent/table.h"
#include "agent/trap_act.h"
#include "agent/value.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/hash.h"

static const char *text_of(const json_t *json, const char *key)
{
	const char *text = json_string_value(json_object_get(json, key));

	return text != NULL ? text : "";
}

static uint64_t hash_who(uint64_t host, const char *id, const char *birth)
{
	return hash_text(hash_text(hash_bytes(HASH_START, &host, sizeof host), id), birth);
}

static struct act_counts *counts_of(struct acts *acts, uint64_t host)
{
	for (size_t i = 0; i < acts->host_count; i++)
		if (acts->hosts[i].host == host)
			return &acts->hosts[i];
	return NULL;
}

static struct act_counts *counts_for(struct acts *acts, uint64_t host)
{
	struct act_counts *counts = counts_of(acts, host);

	if (counts != NULL)
		return counts;
	if (acts->host_count == acts->host_room) {
		acts->host_room = acts->host_room > 0 ? acts->host_room * 2 : 16;
		acts->hosts = must_realloc(acts->hosts, acts->host_room * sizeof *acts->hosts);
	}
	counts = &acts->hosts[acts->host_count++];
	*counts = (struct act_counts){.host = host};
	return counts;
}

static void record_free(struct act_record *record)
{
	free(record->outcome);
	free(record->reason);
	*record = (struct act_record){0};
}

/* The session's record, or a new one in place of the oldest. */
static struct act_record *record_for(struct acts *acts, uint64_t who)
{
	struct act_record *record;

	for (size_t i = 0; i < acts->count; i++)
		if (acts->records[i].who == who)
			return &acts->records[i];
	record = &acts->records[acts->next];
	acts->next = (acts->next + 1) % ACTS_KEPT;
	if (acts->count < ACTS_KEPT)
		acts->count++;
	return record;
}

static void record_add(struct acts *acts, const json_t *line, const json_t *session, const char *outcome)
{
	uint64_t who =
	    hash_who(hash_folded(text_of(session, "host")), text_of(session, "id"), text_of(session, "birth"));
	struct act_record *record;
	int64_t when;

	if (text_of(session, "birth")[0] == '\0' || time_parse(text_of(line, "time"), &when) < 0)
		return;
	record = record_for(acts, who);
	record_free(record);
	*record = (struct act_record){
	    .who = who,
	    .act = act_number_of(text_of(line, "action")),
	    .outcome = must_strdup(outcome),
	    .reason = must_strdup(text_of(line, "reason")),
	    .when = when,
	};
	acts->stale = true;
}

/* A line for several sessions names their hosts. */
static void refused_count(struct acts *acts, const json_t *line)
{
	const json_t *session;
	size_t i;

	json_array_foreach (json_object_get(line, "sessions"), i, session)
		counts_for(acts, hash_folded(text_of(session, "host")))->refused++;
}

void acts_add(struct acts *acts, const json_t *line)
{
	const json_t *session = json_object_get(line, "session");
	const char *event = text_of(line, "event"), *outcome = text_of(line, "outcome");
	struct act_counts *counts;

	if (session == NULL && strcmp(event, "refused") == 0)
		refused_count(acts, line);
	if (session == NULL || (strcmp(event, "refused") != 0 && strcmp(event, "result") != 0))
		return;
	counts = counts_for(acts, hash_folded(text_of(session, "host")));
	if (strcmp(event, "refused") == 0) {
		counts->refused++;
		outcome = "refused";
	} else if (strcmp(outcome, "failed") == 0) {
		counts->failed++;
	} else if (strcmp(outcome, "ordered") != 0 && strcmp(outcome, "already gone") != 0) {
		counts->done++;
	}
	record_add(acts, line, session, outcome);
}

static uint64_t host_hash(const struct grid *hosts, size_t row)
{
	char *name = cell_text(hosts, HOST_NAME, row);
	uint64_t hash = hash_folded(name);

	free(name);
	return hash;
}

/* Records by their hash, to look a thousand rows up. */
struct place {
	uint64_t who;
	size_t at;
};

static int place_order(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	return a->who < b->who ? -1 : a->who > b->who;
}

/* hash_who() of the session in this row, of which there may be many: nothing is copied.  false: it has no birth. */
static bool row_who(const struct grid *sessions, size_t row, uint64_t host, uint64_t *who)
{
	struct value id = {.octets = ""}, birth = {0};

	if (!sessions->read(sessions->context, SESSION_BIRTH, row, &birth) || birth.length == 0)
		return false;
	sessions->read(sessions->context, SESSION_ID, row, &id);
	*who = hash_bytes(HASH_START, &host, sizeof host);
	*who = hash_bytes(hash_bytes(*who, id.octets, id.length), "", 1);
	*who = hash_bytes(hash_bytes(*who, birth.octets, birth.length), "", 1);
	return true;
}

static void row_look(struct acts *acts, const struct grid *sessions, size_t row, uint64_t host,
                     const struct place *places)
{
	const struct place *found = NULL;
	struct place wanted;

	if (row_who(sessions, row, host, &wanted.who))
		found = bsearch(&wanted, places, acts->count, sizeof *places, place_order);
	if (found != NULL) {
		acts->keys[acts->rows] = sessions->keys[row];
		acts->at[acts->rows++] = found->at;
	}
}

static void rows_look(struct acts *acts, const struct table *table)
{
	struct grid sessions = table_sessions(table), hosts = table_hosts(table);
	struct place *places = must_alloc((acts->count + 1) * sizeof *places);
	size_t host = 0, hashed = SIZE_MAX;
	uint64_t hash = 0;

	for (size_t i = 0; i < acts->count; i++)
		places[i] = (struct place){acts->records[i].who, i};
	qsort(places, acts->count, sizeof *places, place_order);
	acts->keys = must_realloc(acts->keys, (sessions.rows + 1) * sizeof *acts->keys);
	acts->at = must_realloc(acts->at, (sessions.rows + 1) * sizeof *acts->at);
	acts->rows = 0;
	for (size_t row = 0; acts->count > 0 && row < sessions.rows; row++) {
		while (host < hosts.rows && hosts.keys[host].part[0] < sessions.keys[row].part[0])
			host++;
		if (host < hosts.rows && hashed != host)
			hash = host_hash(&hosts, host);
		hashed = host;
		if (host < hosts.rows)
			row_look(acts, &sessions, row, hash, places);
	}
	free(places);
	acts->table = table;
	acts->serial = table->block.serial;
	acts->stale = false;
}

/* A new table may be where an old one was: its serial tells. */
static void rows_refresh(struct acts *acts, const struct table *table)
{
	if (acts->table != table || acts->serial != table->block.serial || acts->stale)
		rows_look(acts, table);
}

void acts_free(struct acts *acts)
{
	for (size_t i = 0; i < acts->count; i++)
		record_free(&acts->records[i]);
	free(acts->hosts);
	free(acts->keys);
	free(acts->at);
	memset(acts, 0, sizeof *acts);
}

static bool set_number(struct value *value, enum value_type type, uint64_t number)
{
	value->type = type;
	value->number = number;
	return true;
}

static bool session_read(const void *context, unsigned column, size_t row, struct value *value)
{
	const struct acts *acts = context;
	const struct act_record *record = &acts->records[acts->at[row]];

	switch ((enum last_act_column)column) {
	case LAST_ACT_ACTION:
		return set_number(value, VALUE_INTEGER, record->act);
	case LAST_ACT_OUTCOME:
		return value_set_text(value, record->outcome);
	case LAST_ACT_REASON:
		return value_set_text(value, record->reason);
	case LAST_ACT_TIME:
		return value_set_time(value, record->when);
	}
	return false;
}

struct grid acts_sessions(struct acts *acts, const struct table *table)
{
	rows_refresh(acts, table);
	return (struct grid){
	    .keys = acts->keys,
	    .rows = acts->rows,
	    .key_length = 2,
	    .first_column = LAST_ACT_ACTION,
	    .last_column = LAST_ACT_TIME,
	    .read = session_read,
	    .context = acts,
	};
}

static bool host_read(const void *context, unsigned column, size_t row, struct value *value)
{
	const struct acts *acts = context;
	struct grid hosts = table_hosts(acts->table);
	const struct act_counts *counts = counts_of((struct acts *)context, host_hash(&hosts, row));

	switch ((enum host_act_column)column) {
	case HOST_ACT_DONE:
		return set_number(value, VALUE_COUNTER32, counts != NULL ? counts->done : 0);
	case HOST_ACT_REFUSED:
		return set_number(value, VALUE_COUNTER32, counts != NULL ? counts->refused : 0);
	case HOST_ACT_FAILED:
		return set_number(value, VALUE_COUNTER32, counts != NULL ? counts->failed : 0);
	}
	return false;
}

struct grid acts_hosts(struct acts *acts, const struct table *table)
{
	struct grid hosts = table_hosts(table);

	rows_refresh(acts, table);
	return (struct grid){
	    .keys = hosts.keys,
	    .rows = hosts.rows,
	    .key_length = 1,
	    .first_column = HOST_ACT_DONE,
	    .last_column = HOST_ACT_FAILED,
	    .read = host_read,
	    .context = acts,
	};
}
