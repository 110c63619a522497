/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wtsapi/numbers.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/hash.h"

enum { FIRST_ROOM = 64 };

/* WTS_ANY_SESSION and WTS_CURRENT_SESSION are at or above this number. */
#define NOT_A_NUMBER UINT32_C(0xfffffffe)
#define SYNTHETIC    (UINT32_C(1) << SYNTHETIC_BIT)

struct number_entry {
	uint32_t number;
	struct identity identity; /* its texts follow in the same block */
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

static struct number_entry *entry_new(uint32_t number, const struct identity *from)
{
	size_t size = strlen(from->provider) + strlen(from->host) + strlen(from->id) + strlen(from->user) +
	              strlen(from->birth) + 5;
	struct number_entry *entry = calloc(1, sizeof *entry + size);
	char *at;

	if (entry == NULL)
		return NULL;
	at = entry->texts;
	entry->number = number;
	entry->identity.provider = text_put(&at, from->provider);
	entry->identity.host = text_put(&at, from->host);
	entry->identity.id = text_put(&at, from->id);
	entry->identity.user = text_put(&at, from->user);
	entry->identity.birth = text_put(&at, from->birth);
	return entry;
}

/* The slot of the number, or the empty one where it belongs. */
static struct number_entry **slot_of(struct number_entry **slots, size_t room, uint32_t number)
{
	size_t at = (number * UINT32_C(2654435761)) & (room - 1); /* Knuth's multiplicative hash */

	while (slots[at] != NULL && slots[at]->number != number)
		at = (at + 1) & (room - 1);
	return &slots[at];
}

/* Doubles the table when it is half full. */
static int make_room(struct number_map *map)
{
	size_t room = map->room > 0 ? map->room * 2 : FIRST_ROOM;
	struct number_entry **slots;

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

const struct identity *numbers_find(const struct number_map *map, uint32_t number)
{
	struct number_entry **slot = map->room > 0 ? slot_of(map->slots, map->room, number) : NULL;

	return slot != NULL && *slot != NULL ? &(*slot)->identity : NULL;
}

int numbers_put(struct number_map *map, uint32_t number, const struct identity *identity)
{
	const struct identity *before = numbers_find(map, number);
	struct number_entry *entry, **slot;

	if (before != NULL && identity_same(before, identity))
		return 0;
	if (make_room(map) < 0 || (entry = entry_new(number, identity)) == NULL)
		return -1;
	slot = slot_of(map->slots, map->room, number);
	map->count += *slot == NULL;
	free(*slot);
	*slot = entry;
	return 0;
}

uint32_t numbers_make(struct number_map *map, const struct identity *identity)
{
	uint64_t whole = hash_text(hash_text(HASH_START, identity->host), identity->id);
	uint32_t hash = hash_short(hash_text(hash_text(whole, identity->user), identity->birth)), number;
	const struct identity *other;

	for (number = SYNTHETIC | hash;; number = SYNTHETIC | (number + 1)) {
		if (number >= NOT_A_NUMBER)
			continue;
		other = numbers_find(map, number);
		if (other == NULL || identity_same(other, identity))
			break;
	}
	return numbers_put(map, number, identity) < 0 ? 0 : number;
}

void numbers_free(struct number_map *map)
{
	for (size_t i = 0; i < map->room; i++)
		free(map->slots[i]);
	free(map->slots);
	memset(map, 0, sizeof *map);
}
