/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct arena_block {
	struct arena_block *next;
	size_t size, used;
	alignas(max_align_t) unsigned char bytes[];
};

/* The first block is small, as most arenas hold one host; later ones double up to this. */
enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1024 * 1024 };

static void (*last_words)(void);

_Noreturn void out_of_memory(void)
{
	static const char text[] = "UNKNOWN: out of memory\n";

	if (last_words != NULL)
		last_words();
	(void)!write(STDOUT_FILENO, text, sizeof text - 1);
	_exit(3);
}

void out_of_memory_calls(void (*last)(void))
{
	last_words = last;
}

void *must_alloc(size_t size)
{
	void *memory = calloc(1, size > 0 ? size : 1);

	if (memory == NULL)
		out_of_memory();
	return memory;
}

void *must_realloc(void *memory, size_t size)
{
	void *moved = realloc(memory, size > 0 ? size : 1);

	if (moved == NULL)
		out_of_memory();
	return moved;
}

char *must_strdup(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(must_alloc(size), text, size);
}

static struct arena_block *block_add(struct arena *arena, size_t need)
{
	struct arena_block *block;
	size_t size = arena->blocks == NULL ? FIRST_BLOCK : arena->blocks->size * 2;

	if (size > LARGEST_BLOCK)
		size = LARGEST_BLOCK;
	if (size < need)
		size = need;
	block = must_alloc(sizeof *block + size);
	block->size = size;
	block->next = arena->blocks;
	arena->blocks = block;
	return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct arena_block *block = arena->blocks;
	void *memory;

	if (size > SIZE_MAX / 4)
		out_of_memory();
	size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (block == NULL || block->size - block->used < size)
		block = block_add(arena, size);
	memory = block->bytes + block->used;
	block->used += size;
	return memory;
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
	char *copy = arena_alloc(arena, length + 1);

	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list arguments;
	char *text;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0)
		return arena_strdup(arena, "");
	text = arena_alloc(arena, (size_t)length + 1);
	va_start(arguments, format);
	vsnprintf(text, (size_t)length + 1, format, arguments);
	va_end(arguments);
	return text;
}

void arena_free(struct arena *arena)
{
	while (arena->blocks != NULL) {
		struct arena_block *block = arena->blocks;

		arena->blocks = block->next;
		free(block);
	}
}

void *arena_grow(struct arena *arena, void *items, size_t count, size_t *allocated, size_t size)
{
	void *more;

	if (count < *allocated)
		return items;
	*allocated = *allocated > 0 ? *allocated * 2 : 8;
	more = arena_alloc(arena, *allocated * size);
	if (count > 0)
		memcpy(more, items, count * size);
	return more;
}

void string_list_add(struct string_list *list, struct arena *arena, const char *text)
{
	list->items = arena_grow(arena, list->items, list->count, &list->allocated, sizeof *list->items);
	list->items[list->count++] = text;
}

bool string_list_has(const struct string_list *list, const char *text)
{
	for (size_t i = list->count; i > 0; i--)
		if (strcmp(list->items[i - 1], text) == 0)
			return true;
	return false;
}
