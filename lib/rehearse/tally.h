/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums of the steps that a rehearsal would have taken: in all, and by day, host and user. */
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
	size_t regretted;  /* of the disconnected and logged off: used again within ten minutes */
	size_t came_back;  /* of the logged off: used again, and the session was gone */
	double freed;      /* session-hours */
	double memory;     /* GiB-hours, of the sessions whose memory use is known */
	size_t memoryless; /* of the logged off: memory use unknown */
};

struct tally_list {
	struct name_index index;
	struct sums *sums; /* by number in the index */
	size_t allocated;
};

/* One that was disconnected or logged off: when, and until when it would have stayed as it was. */
struct tally_end {
	int64_t at, until;
};

struct tally {
	struct arena arena;
	struct sums total;
	struct tally_list days, hosts, users;
	struct tally_end *ends;
	size_t end_count, end_allocated;
};

void tally_init(struct tally *tally);
void tally_free(struct tally *tally);
/* day: "2026-11-22". */
void tally_add(struct tally *tally, const struct life *life, const struct replay_event *event, const char *day);
/* Returns the most ends within one hour.  Sorts them. */
size_t tally_busiest_hour(struct tally *tally);
/* Sorts by name, or by the number of ends, most first. */
void tally_sort_names(struct tally_list *list);
void tally_sort_ends(struct tally_list *list);

#endif
