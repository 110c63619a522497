/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/rehearse/openings.h"

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/policy/schedule.h"
#include "lib/policy/zone.h"

/* The next moment at which the schedule changes. */
static int64_t next_change(const struct opening *opening)
{
	if (opening->open)
		return opening->closes_at;
	return opening->again ? opening->next_at : INT64_MAX;
}

void openings_make(struct openings *openings, const struct schedule *schedule, const struct zone *zone,
                   const struct holidays *holidays, int64_t from, int64_t to, struct arena *arena)
{
	*openings = (struct openings){0};
	for (int64_t at = from; at <= to;) {
		const struct opening opening = schedule_look(schedule, zone, holidays, at);
		int64_t next = next_change(&opening);

		openings->parts =
		    arena_grow(arena, openings->parts, openings->count, &openings->allocated, sizeof *openings->parts);
		openings->parts[openings->count].from = at;
		openings->parts[openings->count++].opening = opening;
		if (next <= at || next == INT64_MAX)
			break;
		at = next;
	}
}

const struct opening *openings_at(const struct openings *openings, int64_t at)
{
	size_t low = 0, high = openings->count;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (openings->parts[middle].from <= at)
			low = middle;
		else
			high = middle;
	}
	return &openings->parts[low].opening;
}
