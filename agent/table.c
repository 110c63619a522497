/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/table.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/columns.h"
#include "agent/number.h"
#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/session/session.h"

struct table *table_empty(void)
{
	return must_alloc(sizeof(struct table));
}

void table_free(struct table *table)
{
	if (table == NULL)
		return;
	for (size_t i = 0; i < table->answer_count; i++)
		answer_free(&table->answers[i]);
	free(table->answers);
	arena_free(&table->arena);
	free(table);
}

static size_t host_find(const struct table *table, uint32_t index)
{
	size_t low = 0, high = table->host_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->host_keys[middle].part[0] < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low < table->host_count && table->host_keys[low].part[0] == index ? low : table->host_count;
}

static void host_make(struct host_row *row, const struct answer *answer, const struct answer_host *host,
                      const struct table *previous)
{
	size_t before = host_find(previous, host->index);

	row->name = host->name;
	row->target = answer->target;
	row->provider = answer->provider;
	row->problem = answer->error.text;
	row->reachable = answer->error.code == ERROR_NONE;
	row->complete = row->reachable && answer->snapshot.complete;
	if (before < previous->host_count) {
		row->polls = previous->hosts[before].polls;
		row->failures = previous->hosts[before].failures;
		row->last_answer = previous->hosts[before].last_answer;
	}
	row->polls++;
	if (row->reachable) {
		row->last_answer = moment_at(answer->snapshot.taken_at);
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

static void hosts_make(struct table *table, const struct table *previous)
{
	size_t room = 0;

	for (size_t i = 0; i < table->answer_count; i++)
		room += table->answers[i].host_count;
	table->host_keys = arena_alloc(&table->arena, (room + 1) * sizeof *table->host_keys);
	table->hosts = arena_alloc(&table->arena, (room + 1) * sizeof *table->hosts);
	for (size_t i = 0; i < table->answer_count; i++) {
		const struct answer *answer = &table->answers[i];

		for (size_t j = 0; j < answer->host_count; j++) {
			table->host_keys[table->host_count].part[0] = answer->hosts[j].index;
			host_make(&table->hosts[table->host_count++], answer, &answer->hosts[j], previous);
		}
	}
	table->host_count = rows_sort(table->host_keys, table->hosts, sizeof *table->hosts, table->host_count);
	for (size_t i = 0; i < table->host_count; i++)
		table->unreachable += !table->hosts[i].reachable;
	table->totals.oldest_idle.known = true;
	table->totals.oldest_disconnected.known = true;
}

static void session_make(struct table *table, const struct answer *answer, const struct session *session,
                         uint32_t index, const struct table_rule *rule)
{
	struct classification classification = classify(session, answer->snapshot.now, rule->idle_after, rule->classes);
	size_t host = host_find(table, index);

	if (host == table->host_count || !filter_match(rule->filter, session, &classification))
		return;
	counts_add(&table->hosts[host].counts, &classification);
	counts_add(&table->totals, &classification);
	table->session_keys[table->session_count].part[0] = index;
	table->sessions[table->session_count++] =
	    (struct session_row){.session = session, .classification = classification};
}

static void sessions_make(struct table *table, const struct table *previous, const struct table_rule *rule)
{
	size_t room = 0;

	for (size_t i = 0; i < table->answer_count; i++)
		room += table->answers[i].snapshot.count;
	table->session_keys = arena_alloc(&table->arena, (room + 1) * sizeof *table->session_keys);
	table->sessions = arena_alloc(&table->arena, (room + 1) * sizeof *table->sessions);
	for (size_t i = 0; i < table->answer_count; i++) {
		const struct answer *answer = &table->answers[i];
		size_t guess = 0;

		if (answer->error.code != ERROR_NONE)
			continue;
		for (size_t j = 0; j < answer->snapshot.count; j++) {
			const struct session *session = &answer->snapshot.sessions[j];
			size_t host = answer_host_find(answer, session, &guess);

			if (host < answer->host_count)
				session_make(table, answer, session, answer->hosts[host].index, rule);
		}
	}
	number_rows(table->session_keys, table->sessions, table->session_count, previous);
	table->session_count =
	    rows_sort(table->session_keys, table->sessions, sizeof *table->sessions, table->session_count);
}

struct table *table_make(struct answer *answers, size_t count, const struct table *previous,
                         const struct table_rule *rule, int64_t now, int64_t monotonic)
{
	struct table *table = table_empty();

	table->answers = answers;
	table->answer_count = count;
	table->taken_at = now;
	table->taken_monotonic = monotonic;
	table->serial = previous->serial != 0 ? previous->serial + 1 : (uint32_t)(now / 1000);
	if (table->serial == 0)
		table->serial = 1;
	hosts_make(table, previous);
	sessions_make(table, previous, rule);
	return table;
}

bool table_shares_newly(const struct table *before, const struct answer *answer)
{
	if (answer->shared == 0)
		return false;
	for (size_t i = 0; i < before->answer_count; i++)
		if (before->answers[i].shared > 0 && strcmp(before->answers[i].url, answer->url) == 0)
			return false;
	return true;
}

static bool host_read(const void *context, unsigned column, size_t row, struct value *value)
{
	const struct table *table = context;

	return host_value(&table->hosts[row], column, value);
}

static bool session_read(const void *context, unsigned column, size_t row, struct value *value)
{
	const struct table *table = context;

	return session_value(&table->sessions[row], column, value);
}

struct grid table_hosts(const struct table *table)
{
	return (struct grid){
	    .keys = table->host_keys,
	    .rows = table->host_count,
	    .key_length = 1,
	    .first_column = HOST_NAME,
	    .last_column = HOST_POLL_FAILURES,
	    .read = host_read,
	    .context = table,
	};
}

struct grid table_sessions(const struct table *table)
{
	return (struct grid){
	    .keys = table->session_keys,
	    .rows = table->session_count,
	    .key_length = 2,
	    .first_column = SESSION_ID,
	    .last_column = SESSION_BIRTH,
	    .read = session_read,
	    .context = table,
	};
}
