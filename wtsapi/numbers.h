/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The session numbers a handle has given out, and which very session each of
 * them stood for.  An act is on that session or on none.
 *
 * Systems with numbers of 31 bits keep them.  Others (GUIDs, names) get numbers
 * with the highest bit set, made of the session's identity, so that they are
 * mostly the same in every process, and always within a handle.
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
	struct number_entry **slots; /* a power of two of them, sought from the number's hash on */
	size_t room, count;
};

/* The number's session now; -1: no memory. */
int numbers_put(struct number_map *map, uint32_t number, const struct identity *identity);
/* NULL: this number was not given out.  Valid until the map is changed. */
const struct identity *numbers_find(const struct number_map *map, uint32_t number);
/* The number made for this session, which it has from now on; 0: no memory. */
uint32_t numbers_make(struct number_map *map, const struct identity *identity);
void numbers_free(struct number_map *map);

bool identity_same(const struct identity *a, const struct identity *b);

#endif
