/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The session numbers of a handle, and the session that each stands for.  An act is on that session or on none.
 * Numbers of 31 bits are the system's own.  Systems without them (GUIDs, names) get numbers with the highest bit set,
 * computed from the session's identity: mostly the same in every process, and always within a handle.
 */
#ifndef CURFEW_WTSAPI_NUMBERS_H
#define CURFEW_WTSAPI_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SYNTHETIC_BIT = 31 };

struct identity {
	const char *provider, *host, *id, *user, *birth; /* none NULL */
};

struct number_entry; /* one number */

struct number_map {
	struct number_entry **slots; /* a hash table with a power of two of slots, searched from the number's hash on */
	size_t room, count;
};

/* Records that the number stands for this session now.  -1: no memory. */
int numbers_put(struct number_map *map, uint32_t number, const struct identity *identity);
/* The session of a number; NULL: unknown number.  Valid until the map is changed. */
const struct identity *numbers_find(const struct number_map *map, uint32_t number);
/* Makes a number for this session, which keeps it.  0: no memory. */
uint32_t numbers_make(struct number_map *map, const struct identity *identity);
void numbers_free(struct number_map *map);

bool identity_same(const struct identity *a, const struct identity *b);

#endif
