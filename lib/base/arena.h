/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory that lives and dies together: a snapshot's sessions and all their
 * strings, a configuration, the settings of a run.  Allocation failure ends
 * the program with exit status 3 (UNKNOWN).
 */
#ifndef CURFEW_ARENA_H
#define CURFEW_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks;
};

/* Zeroed memory, aligned for any type; owned by the arena. */
void *arena_alloc(struct arena *arena, size_t size);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
void arena_free(struct arena *arena); /* everything; the arena can be used again */

/* Room for one more item in an array of count items of this size: items itself, or a copy of
   it with twice the room (zeroed), whose size is then in *allocated. */
void *arena_grow(struct arena *arena, void *items, size_t count, size_t *allocated, size_t size);

/* A growing list of strings; the strings stay their makers', the list is the arena's. */
struct string_list {
	const char **items;
	size_t count;
	size_t allocated;
};
void string_list_add(struct string_list *list, struct arena *arena, const char *text);
/* Exactly this text?  Looks at the newest first. */
bool string_list_has(const struct string_list *list, const char *text);

/* Ends the program: last words, which may end it in their own way, or "UNKNOWN: out of memory" and status 3. */
_Noreturn void out_of_memory(void);
/* The function is called when there is no memory left: it must not ask for any. */
void out_of_memory_calls(void (*last)(void));

/* malloc() and friends that end the program instead of returning NULL. */
void *must_alloc(size_t size); /* zeroed */
void *must_realloc(void *memory, size_t size);
char *must_strdup(const char *text);

#endif
