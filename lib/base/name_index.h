/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A set of names, compared without case (text_same()) and numbered from 0 in the order of their addition.  It is a hash
 * table: each look-up takes the same time, however many hosts there are.
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

/* Returns the name's number; adds the name if it is new. */
size_t name_index_add(struct name_index *index, const char *name);
/* Returns the name's number, or NAME_NONE. */
size_t name_index_find(const struct name_index *index, const char *name);

#endif
