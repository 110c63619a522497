/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums of what a rehearsal would have done: over all, by day, host and user. */
#ifndef CURFEW_TALLY_H
#define CURFEW_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/name_index.h"
#include "lib/rehearse/replay.h"

struct sums {
	const char *name;
	size_t warned, disconnected, logged_off;
	size_t regretted;  /* of the disconnected and the logged off: back within ten minutes */
	size_t came_back;  /* of the logged off: to a session that was no longer there */
	double freed;      /* session-hours */
	double memory;     /* GiB-hours, of those whose memory is known */
	size_t memoryless; /* logged off, and their memory is unknown */
};

struct tally_list {
	struct name_index index;
	struct sums *sums; /* by the index's numbers */
	size_t allocated;
};

struct tally {
	struct arena arena;
	struct sums total;
	struct tally_list days, hosts, users;
	int64_t *ends; /* when each was disconnected or logged off */
	size_t end_count, end_allocated;
};

void tally_init(struct tally *tally);
void tally_free(struct tally *tally);
/* day: "2026-11-22". */
void tally_add(struct tally *tally, const struct life *life, const struct replay_event *event, const char *day);
/* The most ends within one hour.  Sorts them. */
size_t tally_busiest_hour(struct tally *tally);
/* Sorted by name, or by the most ends first. */
void tally_sort_names(struct tally_list *list);
void tally_sort_ends(struct tally_list *list);

#endif
