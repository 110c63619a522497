/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/cell_text.h"

#include <stddef.h>
#include <string.h>

#include "agent/grid.h"
#include "agent/value.h"
#include "lib/base/arena.h"

char *cell_text(const struct grid *grid, unsigned column, size_t row)
{
	struct value value = {0};
	char *text;

	if (!grid->read(grid->context, column, row, &value) || value.type != VALUE_OCTETS)
		return must_strdup("");
	text = must_alloc(value.length + 1);
	memcpy(text, value.octets, value.length);
	return text;
}
