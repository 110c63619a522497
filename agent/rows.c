/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/rows.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/block.h"
#include "agent/columns.h"
#include "agent/number.h"
#include "agent/value.h"
#include "lib/base/arena.h"
#include "lib/base/hash.h"
#include "lib/base/text.h"
#include "lib/session/session.h"

/* The column of BLOCK_SHARED. */
enum { SHARED_HASH = 1 };

void rows_free(struct rows *rows)
{
	arena_free(&rows->arena);
	memset(rows, 0, sizeof *rows);
}

static size_t host_find(const struct rows *rows, uint32_t index)
{
	return key_find(rows->host_keys, rows->host_count, (struct key){{index, 0}});
}

/* What the last poll knew of a host; without that, its counters begin here. */
static void host_remember(struct host_row *row, uint32_t index, const struct table *previous)
{
	const struct block_part *hosts = &previous->block.parts[BLOCK_HOSTS];
	size_t before = block_find(hosts, (struct key){{index, 0}});
	struct value value;

	if (block_read(hosts, HOST_POLLS, before, &value))
		row->polls = value.number;
	if (block_read(hosts, HOST_POLL_FAILURES, before, &value))
		row->failures = value.number;
	if (block_read(hosts, HOST_LAST_ANSWER, before, &value))
		row->last_answer = moment_at((int64_t)value.number);
	if (block_read(hosts, HOST_LAST_SEEN, before, &value))
		row->last_seen = moment_at((int64_t)value.number);
	if (block_read(hosts, HOST_DISCONTINUITY_TIME, before, &value))
		row->counted_since = (int64_t)value.number;
}

static void host_make(struct host_row *row, const struct answer *answer, const struct answer_host *host,
                      const struct table *previous, const struct row_rule *rule)
{
	row->name = host->name;
	row->target = answer->target;
	row->provider = answer->provider;
	row->problem = answer->error.text;
	row->reachable = answer->error.code == ERROR_NONE;
	row->complete = row->reachable && answer->snapshot.complete;
	row->last_seen = host->seen;
	host_remember(row, host->index, previous);
	row->polls++;
	if (row->reachable) {
		row->last_answer = moment_at(answer->snapshot.taken_at);
		if (host->listed || text_same(host->name, answer->snapshot.host))
			row->last_seen = row->last_answer;
		row->duration =
		    (struct span){answer->snapshot.taken_at >= rule->begun, answer->snapshot.taken_at - rule->begun};
		row->counts.oldest_idle.known = true;
		row->counts.oldest_disconnected.known = true;
	} else {
		row->failures++;
	}
}

struct order {
	struct key key;
	size_t at;
};

static int order_compare(const void *left, const void *right)
{
	const struct order *a = left, *b = right;

	return key_compare(&a->key, &b->key);
}

/* Sorts rows of the given size by their keys; of equal keys it drops all but one.  Returns how many are left. */
static size_t rows_sort(struct key *keys, void *rows, size_t size, size_t count)
{
	struct order *order = must_alloc((count + 1) * sizeof *order);
	char *old = must_alloc(count * size + 1), *to = rows;
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		order[i] = (struct order){keys[i], i};
	qsort(order, count, sizeof *order, order_compare);
	memcpy(old, rows, count * size);
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && key_compare(&keys[kept - 1], &order[i].key) == 0)
			continue;
		keys[kept] = order[i].key;
		memcpy(to + kept * size, old + order[i].at * size, size);
		kept++;
	}
	free(old);
	free(order);
	return kept;
}

static void hosts_make(struct rows *rows, const struct table *previous, const struct row_rule *rule)
{
	size_t room = 0;

	for (size_t i = 0; i < rows->answer_count; i++)
		room += rows->answers[i].host_count;
	rows->host_keys = arena_alloc(&rows->arena, (room + 1) * sizeof *rows->host_keys);
	rows->hosts = arena_alloc(&rows->arena, (room + 1) * sizeof *rows->hosts);
	for (size_t i = 0; i < rows->answer_count; i++) {
		const struct answer *answer = &rows->answers[i];

		for (size_t j = 0; j < answer->host_count; j++) {
			rows->host_keys[rows->host_count].part[0] = answer->hosts[j].index;
			rows->hosts[rows->host_count].counted_since = rows->taken_monotonic;
			host_make(&rows->hosts[rows->host_count++], answer, &answer->hosts[j], previous, rule);
		}
	}
	rows->host_count = rows_sort(rows->host_keys, rows->hosts, sizeof *rows->hosts, rows->host_count);
	for (size_t i = 0; i < rows->host_count; i++)
		rows->unreachable += !rows->hosts[i].reachable;
	rows->totals.oldest_idle.known = true;
	rows->totals.oldest_disconnected.known = true;
}

static void session_make(struct rows *rows, const struct answer *answer, const struct session *session, uint32_t index,
                         const struct row_rule *rule)
{
	struct classification classification = classify(session, answer->snapshot.now, rule->idle_after, rule->classes);
	size_t host = host_find(rows, index);

	if (host == rows->host_count)
		return;
	rows->hosts[host].last_seen = moment_at(answer->snapshot.taken_at);
	if (!filter_match(rule->filter, session, &classification))
		return;
	counts_add(&rows->hosts[host].counts, &classification);
	counts_add(&rows->totals, &classification);
	rows->session_keys[rows->session_count].part[0] = index;
	rows->sessions[rows->session_count++] =
	    (struct session_row){.session = session, .classification = classification};
}

static void sessions_make(struct rows *rows, const struct table *previous, const struct row_rule *rule)
{
	size_t room = 0;

	for (size_t i = 0; i < rows->answer_count; i++)
		room += rows->answers[i].snapshot.count;
	rows->session_keys = arena_alloc(&rows->arena, (room + 1) * sizeof *rows->session_keys);
	rows->sessions = arena_alloc(&rows->arena, (room + 1) * sizeof *rows->sessions);
	for (size_t i = 0; i < rows->answer_count; i++) {
		const struct answer *answer = &rows->answers[i];

		if (answer->error.code != ERROR_NONE)
			continue;
		for (size_t j = 0; j < answer->snapshot.count; j++) {
			const struct session *session = &answer->snapshot.sessions[j];
			size_t host = answer_host_find(answer, session);

			if (host < answer->host_count)
				session_make(rows, answer, session, answer->hosts[host].index, rule);
		}
	}
	number_rows(rows->session_keys, rows->sessions, rows->session_count, previous);
	rows->session_count =
	    rows_sort(rows->session_keys, rows->sessions, sizeof *rows->sessions, rows->session_count);
}

void rows_none(struct rows *rows, const struct circumstances *circumstances)
{
	*rows = (struct rows){.circumstances = *circumstances};
}

void rows_make(struct rows *rows, const struct answer *answers, size_t count, const struct table *previous,
               const struct row_rule *rule, int64_t now, int64_t monotonic)
{
	uint32_t before = previous->block.serial;

	*rows = (struct rows){.answers = answers, .answer_count = count, .taken_at = now, .taken_monotonic = monotonic};
	rows->serial = before != 0 ? before + 1 : (uint32_t)(now / 1000);
	if (rows->serial == 0)
		rows->serial = 1;
	hosts_make(rows, previous, rule);
	sessions_make(rows, previous, rule);
}

static uint64_t share_hash(const struct answer *answer)
{
	return hash_text(HASH_START, answer->url);
}

bool rows_share_newly(const struct table *before, const struct answer *answer)
{
	const struct block_part *shared = &before->block.parts[BLOCK_SHARED];

	if (answer->shared == 0)
		return false;
	for (size_t i = 0; i < block_rows(shared); i++) {
		struct value value;

		if (block_read(shared, SHARED_HASH, i, &value) && value.number == share_hash(answer))
			return false;
	}
	return true;
}

static bool scalar_read(const void *context, unsigned column, size_t row, struct value *value)
{
	(void)row;
	return scalar_value(context, column, value);
}

static bool host_read(const void *context, unsigned column, size_t row, struct value *value)
{
	const struct rows *rows = context;

	return host_value(&rows->hosts[row], column, value);
}

static bool session_read(const void *context, unsigned column, size_t row, struct value *value)
{
	const struct rows *rows = context;

	return session_value(&rows->sessions[row], column, value);
}

/* Keys and hashes of what the next poll needs to know. */
struct memory {
	struct key *keys;
	uint64_t *hashes;
	size_t count;
};

static bool memory_read(const void *context, unsigned column, size_t row, struct value *value)
{
	const struct memory *memory = context;

	(void)column;
	value->type = VALUE_COUNTER64;
	value->number = memory->hashes[row];
	return true;
}

static void memory_init(struct memory *memory, struct arena *arena, size_t room)
{
	*memory = (struct memory){.keys = arena_alloc(arena, (room + 1) * sizeof *memory->keys),
	                          .hashes = arena_alloc(arena, (room + 1) * sizeof *memory->hashes)};
}

static void memory_add(struct memory *memory, struct key key, uint64_t hash)
{
	memory->keys[memory->count] = key;
	memory->hashes[memory->count++] = hash;
}

static struct pack_table memory_table(const struct memory *memory, enum block_name name, unsigned column)
{
	return (struct pack_table){name, 2, memory->keys, memory->count, column, column, memory_read, memory};
}

int rows_pack(const struct rows *rows, struct packed *packed, struct error *error)
{
	static const struct key zero;
	struct arena arena = {0};
	struct memory numbers, shared;
	int result;

	memory_init(&numbers, &arena, rows->session_count);
	for (size_t i = 0; i < rows->session_count; i++)
		if (rows->sessions[i].synthetic)
			memory_add(&numbers, rows->session_keys[i], number_hash(rows->sessions[i].session));
	memory_init(&shared, &arena, rows->answer_count);
	for (size_t i = 0; i < rows->answer_count; i++)
		if (rows->answers[i].shared > 0)
			memory_add(&shared, (struct key){{(uint32_t)i, 0}}, share_hash(&rows->answers[i]));
	result =
	    block_pack(packed, rows->serial, rows->circumstances.poll_failures,
	               (const struct pack_table[]){
	                   {BLOCK_SCALARS, 1, &zero, 1, SCALAR_FIRST, SCALAR_LAST, scalar_read, rows},
	                   {BLOCK_HOSTS, 1, rows->host_keys, rows->host_count, HOST_FIRST, HOST_LAST, host_read, rows},
	                   {BLOCK_SESSIONS, 2, rows->session_keys, rows->session_count, SESSION_FIRST, SESSION_LAST,
	                    session_read, rows},
	                   memory_table(&numbers, BLOCK_NUMBERS, NUMBER_HASH_COLUMN),
	                   memory_table(&shared, BLOCK_SHARED, SHARED_HASH),
	               },
	               BLOCK_NAMES, error);
	arena_free(&arena);
	return result;
}
