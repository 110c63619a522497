/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/memory.h"

#include <jansson.h>
#include <stddef.h>
#include <stdlib.h>

#include "lib/base/arena.h"

static void *json_alloc(size_t size)
{
	void *memory = malloc(size > 0 ? size : 1);

	if (memory == NULL)
		out_of_memory();
	return memory;
}

void memory_ends_program(void)
{
	json_set_alloc_funcs(json_alloc, free);
}
