/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An arena: memory that is allocated piece by piece and freed all at once, such as a snapshot's sessions and their
 * strings, a configuration, the settings of a run.  A failed allocation ends the program with exit status 3 (UNKNOWN).
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
void arena_free(struct arena *arena); /* frees everything; the arena can be used again */

/* Makes room for one more item in an array of count items of this size.  Returns items itself, or a copy with twice
 * the room (zeroed); *allocated is then the new size. */
void *arena_grow(struct arena *arena, void *items, size_t count, size_t *allocated, size_t size);

/* A growing list of strings.  The arena owns the list, and the caller the strings. */
struct string_list {
	const char **items;
	size_t count;
	size_t allocated;
};
void string_list_add(struct string_list *list, struct arena *arena, const char *text);
/* Compares exactly; looks at the newest first. */
bool string_list_has(const struct string_list *list, const char *text);

/* Ends the program when memory has run out: calls the function set below, if any, then prints "UNKNOWN: out of
 * memory" and exits with 3. */
_Noreturn void out_of_memory(void);
/* Sets that function, which may end the program itself.  It must not allocate. */
void out_of_memory_calls(void (*last)(void));

/* malloc() and the like, which end the program instead of returning NULL. */
void *must_alloc(size_t size); /* zeroed */
void *must_realloc(void *memory, size_t size);
char *must_strdup(const char *text);

#endif
