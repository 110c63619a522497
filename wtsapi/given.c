/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wtsapi/given.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/hash.h"

enum { FIRST_ROOM = 64 };

/* WTS_ANY_SESSION and WTS_CURRENT_SESSION are these and above. */
#define NOT_A_NUMBER UINT32_C(0xfffffffe)
#define SYNTHETIC    (UINT32_C(1) << SYNTHETIC_BIT)

struct given {
	uint32_t number;
	struct identity identity; /* its texts are behind it in the same block */
	char texts[];
};

bool identity_same(const struct identity *a, const struct identity *b)
{
	return strcmp(a->id, b->id) == 0 && strcmp(a->birth, b->birth) == 0 && strcmp(a->user, b->user) == 0 &&
	       strcmp(a->host, b->host) == 0 && strcmp(a->provider, b->provider) == 0;
}

static const char *text_put(char **at, const char *text)
{
	const char *start = *at;
	size_t size = strlen(text) + 1;

	memcpy(*at, text, size);
	*at += size;
	return start;
}

static struct given *given_new(uint32_t number, const struct identity *from)
{
	size_t size = strlen(from->provider) + strlen(from->host) + strlen(from->id) + strlen(from->user) +
	              strlen(from->birth) + 5;
	struct given *given = malloc(sizeof *given + size);
	char *at;

	if (given == NULL)
		return NULL;
	at = given->texts;
	given->number = number;
	given->identity.provider = text_put(&at, from->provider);
	given->identity.host = text_put(&at, from->host);
	given->identity.id = text_put(&at, from->id);
	given->identity.user = text_put(&at, from->user);
	given->identity.birth = text_put(&at, from->birth);
	return given;
}

/* The slot that has the number, or the empty one where it belongs. */
static struct given **slot_of(struct given **slots, size_t room, uint32_t number)
{
	size_t at = (number * UINT32_C(2654435761)) & (room - 1); /* Knuth's multiplicative hash */

	while (slots[at] != NULL && slots[at]->number != number)
		at = (at + 1) & (room - 1);
	return &slots[at];
}

/* Twice the room when it is half full. */
static int make_room(struct given_map *map)
{
	size_t room = map->room > 0 ? map->room * 2 : FIRST_ROOM;
	struct given **slots;

	if (map->room > 0 && map->count * 2 < map->room)
		return 0;
	if ((slots = calloc(room, sizeof *slots)) == NULL)
		return -1;
	for (size_t i = 0; i < map->room; i++)
		if (map->slots[i] != NULL)
			*slot_of(slots, room, map->slots[i]->number) = map->slots[i];
	free(map->slots);
	map->slots = slots;
	map->room = room;
	return 0;
}

const struct identity *given_find(const struct given_map *map, uint32_t number)
{
	struct given **slot = map->room > 0 ? slot_of(map->slots, map->room, number) : NULL;

	return slot != NULL && *slot != NULL ? &(*slot)->identity : NULL;
}

int given_put(struct given_map *map, uint32_t number, const struct identity *identity)
{
	const struct identity *before = given_find(map, number);
	struct given *given, **slot;

	if (before != NULL && identity_same(before, identity))
		return 0;
	if (make_room(map) < 0 || (given = given_new(number, identity)) == NULL)
		return -1;
	slot = slot_of(map->slots, map->room, number);
	map->count += *slot == NULL;
	free(*slot);
	*slot = given;
	return 0;
}

uint32_t given_make(struct given_map *map, const struct identity *identity)
{
	uint64_t whole = hash_text(hash_text(HASH_START, identity->host), identity->id);
	uint32_t hash = hash_short(hash_text(hash_text(whole, identity->user), identity->birth)), number;
	const struct identity *other;

	for (number = SYNTHETIC | hash;; number = SYNTHETIC | (number + 1)) {
		if (number >= NOT_A_NUMBER)
			continue;
		other = given_find(map, number);
		if (other == NULL || identity_same(other, identity))
			break;
	}
	return given_put(map, number, identity) < 0 ? 0 : number;
}

void given_free(struct given_map *map)
{
	for (size_t i = 0; i < map->room; i++)
		free(map->slots[i]);
	free(map->slots);
	memset(map, 0, sizeof *map);
}
