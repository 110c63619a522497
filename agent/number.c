/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/number.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/block.h"
#include "agent/grid.h"
#include "agent/value.h"
#include "lib/base/arena.h"
#include "lib/base/hash.h"
#include "lib/session/session.h"

/* The numbers that are taken: open addressing over twice as many slots as rows. */
struct taken {
	uint64_t *slots; /* key + 1; 0 = free */
	size_t mask;
};

static void taken_init(struct taken *taken, size_t count)
{
	size_t size = 16;

	while (size < count * 2)
		size *= 2;
	taken->slots = must_alloc(size * sizeof *taken->slots);
	taken->mask = size - 1;
}

/* False if it was there already.  A host index is below 2^31, so that the + 1 never overflows. */
static bool taken_add(struct taken *taken, struct key key)
{
	uint64_t entry = ((uint64_t)key.part[0] << 32 | key.part[1]) + 1;
	size_t slot = (size_t)(entry * 0x9e3779b97f4a7c15u >> 20) & taken->mask;

	while (taken->slots[slot] != 0) {
		if (taken->slots[slot] == entry)
			return false;
		slot = (slot + 1) & taken->mask;
	}
	taken->slots[slot] = entry;
	return true;
}

uint64_t number_hash(const struct session *session)
{
	return hash_text(hash_text(HASH_START, session->id), session->birth);
}

/* A hash of id and birth in our range. */
static uint32_t number_of(const struct session *session)
{
	return (hash_short(number_hash(session)) & (NUMBER_SYNTHETIC - 1)) | NUMBER_SYNTHETIC;
}

/* The previous table's synthetic numbers, by host and session. */
struct past {
	uint64_t hash;
	uint32_t host, number;
};

static int past_compare(const void *left, const void *right)
{
	const struct past *a = left, *b = right;

	if (a->host != b->host)
		return a->host < b->host ? -1 : 1;
	return a->hash < b->hash ? -1 : a->hash > b->hash;
}

static size_t past_make(struct past **past, const struct table *previous)
{
	const struct block_part *numbers = &previous->block.parts[BLOCK_NUMBERS];
	const struct key *keys = block_keys(numbers);
	size_t rows = block_rows(numbers), count = 0;

	*past = must_alloc((rows + 1) * sizeof **past);
	for (size_t i = 0; i < rows; i++) {
		struct value value;

		if (block_read(numbers, NUMBER_HASH_COLUMN, i, &value))
			(*past)[count++] = (struct past){value.number, keys[i].part[0], keys[i].part[1]};
	}
	qsort(*past, count, sizeof **past, past_compare);
	return count;
}

void number_rows(struct key *keys, struct session_row *rows, size_t count, const struct table *previous)
{
	struct taken taken;
	struct past *past;
	size_t past_count = past_make(&past, previous);
	bool *settled = must_alloc(count + 1);

	taken_init(&taken, count);
	for (size_t i = 0; i < count; i++) {
		keys[i].part[1] = rows[i].session->number;
		settled[i] = rows[i].session->numbered && taken_add(&taken, keys[i]);
		rows[i].synthetic = !settled[i];
	}
	for (size_t i = 0; i < count; i++) {
		struct past wanted = {.host = keys[i].part[0], .hash = number_hash(rows[i].session)};
		const struct past *found;

		if (settled[i])
			continue;
		found = bsearch(&wanted, past, past_count, sizeof *past, past_compare);
		if (found != NULL) {
			keys[i].part[1] = found->number;
			settled[i] = taken_add(&taken, keys[i]);
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (settled[i])
			continue;
		keys[i].part[1] = number_of(rows[i].session);
		while (!taken_add(&taken, keys[i]))
			keys[i].part[1] =
			    keys[i].part[1] < NUMBER_SYNTHETIC_LAST ? keys[i].part[1] + 1 : NUMBER_SYNTHETIC;
	}
	free(taken.slots);
	free(past);
	free(settled);
}
