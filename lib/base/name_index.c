/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/name_index.h"

#include "lib/base/hash.h"
#include "lib/base/text.h"

/* The slot of the name, or the free slot where it belongs.  There always is one: half of the slots are free. */
static size_t *slot_find(const struct name_index *index, const char *name)
{
	size_t mask = index->slot_count - 1, at = (size_t)hash_folded(name) & mask;

	while (index->slots[at] != 0 && !text_same(index->names[index->slots[at] - 1], name))
		at = (at + 1) & mask;
	return &index->slots[at];
}

static void grow(struct name_index *index)
{
	index->names = arena_grow(index->arena, index->names, index->count, &index->allocated, sizeof *index->names);
	index->slot_count = 16;
	while (index->slot_count < index->allocated * 2)
		index->slot_count *= 2;
	index->slots = arena_alloc(index->arena, index->slot_count * sizeof *index->slots);
	for (size_t i = 0; i < index->count; i++)
		*slot_find(index, index->names[i]) = i + 1;
}

size_t name_index_add(struct name_index *index, const char *name)
{
	size_t *slot;

	if (index->count == index->allocated)
		grow(index);
	slot = slot_find(index, name);
	if (*slot == 0) {
		index->names[index->count] = name;
		*slot = ++index->count;
	}
	return *slot - 1;
}

size_t name_index_find(const struct name_index *index, const char *name)
{
	return index->slot_count == 0 ? NAME_NONE : *slot_find(index, name) - 1; /* a free slot: 0 - 1 is NAME_NONE */
}
