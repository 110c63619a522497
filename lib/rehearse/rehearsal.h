/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The results of a rehearsal, and its two output forms. */
#ifndef CURFEW_REHEARSAL_H
#define CURFEW_REHEARSAL_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/policy/zone.h"
#include "lib/rehearse/held.h"
#include "lib/rehearse/tally.h"

/* One set of policies. */
struct rehearsed {
	const char *name; /* as --policy or --against has it */
	struct tally tally;
	size_t busiest_hour;
	const struct zone *zone; /* of its days and nights; NULL: UTC, and the clock of this machine */
	struct held held;
	struct string_list notes; /* what could not be rehearsed, one sentence each */
};

struct rehearsal {
	int64_t from, to;
	size_t sessions, users, hosts;   /* numbers in the history of this time */
	size_t max_acts, max_acts_night; /* limits; 0: there is none */
	struct rehearsed *sets;
	size_t set_count;
};

/* Sorts the tallies. */
void rehearsal_sort(struct rehearsal *rehearsal);
void rehearsal_text(const struct rehearsal *rehearsal, struct buffer *out);
void rehearsal_json(const struct rehearsal *rehearsal, struct buffer *out);

#endif
