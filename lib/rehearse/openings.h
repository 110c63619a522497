/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The open and closed times of a schedule over a stretch of time, computed once: schedule_look() is slow, because of
 * time zones. */
#ifndef CURFEW_OPENINGS_H
#define CURFEW_OPENINGS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/policy/schedule.h"
#include "lib/policy/zone.h"

struct openings_part {
	int64_t from; /* until the next one's */
	struct opening opening;
};

struct openings {
	struct openings_part *parts;
	size_t count, allocated;
};

void openings_make(struct openings *openings, const struct schedule *schedule, const struct zone *zone,
                   const struct holidays *holidays, int64_t from, int64_t to, struct arena *arena);
/* at: from to to, as they were made. */
const struct opening *openings_at(const struct openings *openings, int64_t at);

#endif
