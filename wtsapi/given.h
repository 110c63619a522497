/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The session numbers a handle has given out, and which very session each of
 * them stood for.  An act is on that session or on none.
 *
 * Systems with numbers of 31 bits keep them.  Others (GUIDs, names) get numbers
 * with the highest bit set, made of the session's identity, so that they are
 * mostly the same in every process, and always within a handle.
 */
#ifndef CURFEW_WTSAPI_GIVEN_H
#define CURFEW_WTSAPI_GIVEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SYNTHETIC_BIT = 31 };

struct identity {
	const char *provider, *host, *id, *user, *birth; /* none NULL */
};

struct given; /* one number */

struct given_map {
	struct given **slots; /* a power of two of them, sought from the number's hash on */
	size_t room, count;
};

/* The number's session now; -1: no memory. */
int given_put(struct given_map *map, uint32_t number, const struct identity *identity);
/* NULL: this number was not given out.  Valid until the map is changed. */
const struct identity *given_find(const struct given_map *map, uint32_t number);
/* The number made for this session, which it has from now on; 0: no memory. */
uint32_t given_make(struct given_map *map, const struct identity *identity);
void given_free(struct given_map *map);

bool identity_same(const struct identity *a, const struct identity *b);

#endif
