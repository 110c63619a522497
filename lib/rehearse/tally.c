/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/rehearse/tally.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/name_index.h"
#include "lib/ledger/history.h"
#include "lib/policy/policy.h"
#include "lib/rehearse/replay.h"
#include "lib/session/session.h"

static const double HOUR = 60.0 * 60 * 1000, GIB = 1024.0 * 1024 * 1024;

void tally_init(struct tally *tally)
{
	*tally = (struct tally){0};
	tally->days.index.arena = tally->hosts.index.arena = tally->users.index.arena = &tally->arena;
}

void tally_free(struct tally *tally)
{
	arena_free(&tally->arena);
}

static struct sums *sums_of(struct tally *tally, struct tally_list *list, const char *name)
{
	size_t number = name_index_find(&list->index, name);

	if (number == NAME_NONE) {
		const char *kept = arena_strdup(&tally->arena, name);

		number = name_index_add(&list->index, kept);
		list->sums = arena_grow(&tally->arena, list->sums, number, &list->allocated, sizeof *list->sums);
		list->sums[number].name = kept;
	}
	return &list->sums[number];
}

static void sums_add(struct sums *sums, const struct life *life, const struct replay_event *event)
{
	double freed = (double)event->freed / HOUR;

	sums->warned += event->step == POLICY_WARN;
	sums->disconnected += event->step == POLICY_DISCONNECT;
	if (event->step != POLICY_WARN)
		sums->regretted += event->regret;
	if (event->step != POLICY_LOGOFF)
		return;
	sums->logged_off++;
	sums->came_back += event->came_back;
	sums->freed += freed;
	if (life->memory.known)
		sums->memory += freed * (double)life->memory.length / GIB;
	else
		sums->memoryless++;
}

void tally_add(struct tally *tally, const struct life *life, const struct replay_event *event, const char *day)
{
	const struct session *session = life->session;
	struct buffer user = {0};

	buffer_printf(&user, "%s%s%s", session->domain, session->domain[0] != '\0' ? "\\" : "", session->user);
	sums_add(&tally->total, life, event);
	sums_add(sums_of(tally, &tally->days, day), life, event);
	sums_add(sums_of(tally, &tally->hosts, session->host), life, event);
	sums_add(sums_of(tally, &tally->users, buffer_text(&user)), life, event);
	buffer_free(&user);
	if (event->step == POLICY_WARN)
		return;
	tally->ends =
	    arena_grow(&tally->arena, tally->ends, tally->end_count, &tally->end_allocated, sizeof *tally->ends);
	tally->ends[tally->end_count++] = (struct tally_end){event->at, event->until};
}

static int compare_times(const void *a, const void *b)
{
	const struct tally_end *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

size_t tally_busiest_hour(struct tally *tally)
{
	size_t most = 0;

	if (tally->end_count > 0)
		qsort(tally->ends, tally->end_count, sizeof *tally->ends, compare_times);
	for (size_t first = 0, last = 0; last < tally->end_count; last++) {
		while (tally->ends[last].at - tally->ends[first].at >= (int64_t)HOUR)
			first++;
		if (last - first + 1 > most)
			most = last - first + 1;
	}
	return most;
}

static int compare_names(const void *a, const void *b)
{
	const struct sums *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int compare_ends(const void *a, const void *b)
{
	const struct sums *x = a, *y = b;
	size_t first = x->disconnected + x->logged_off, second = y->disconnected + y->logged_off;

	return first != second ? (first < second ? 1 : -1) : compare_names(a, b);
}

void tally_sort_names(struct tally_list *list)
{
	if (list->index.count > 0)
		qsort(list->sums, list->index.count, sizeof *list->sums, compare_names);
}

void tally_sort_ends(struct tally_list *list)
{
	if (list->index.count > 0)
		qsort(list->sums, list->index.count, sizeof *list->sums, compare_ends);
}
