/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names without case (text_same()), each once, numbered from 0 in the order in
 * which they came.  A hash table, so that thousands of hosts cost no more than
 * their number.
 */
#ifndef CURFEW_NAME_INDEX_H
#define CURFEW_NAME_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"

#define NAME_NONE SIZE_MAX

struct name_index {
	struct arena *arena; /* owns the tables; set by the owner before the first name */
	const char **names;  /* as first added; not copied */
	size_t count, allocated;
	size_t *slots; /* number + 1; 0: free */
	size_t slot_count;
};

/* The name's number; a new one if it was not there. */
size_t name_index_add(struct name_index *index, const char *name);
/* The same, or NAME_NONE. */
size_t name_index_find(const struct name_index *index, const char *name);

#endif
