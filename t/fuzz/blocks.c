/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/fuzz/blocks.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "agent/block.h"
#include "agent/grid.h"
#include "agent/pack.h"
#include "agent/value.h"
#include "lib/base/error.h"

enum { ROWS = 70, COLUMNS = VALUE_TYPES + 1, CHANGE = 3 };

/* A column of each type, with gaps; and one without any value. */
static bool cell(const void *context, unsigned column, size_t row, struct value *value)
{
	static const char texts[] = "abcdefghijklmnopqrstuvwxyz";

	(void)context;
	if (column > VALUE_TYPES || (row + column) % 5 == 0)
		return false;
	*value = (struct value){
	    .type = (enum value_type)(column - 1), .number = row, .octets = texts, .length = row % sizeof texts};
	return true;
}

struct packed block_good(void)
{
	static struct key keys[ROWS];
	struct pack_table tables[BLOCK_NAMES];
	struct error error = {0};
	struct packed packed;

	for (uint32_t i = 0; i < ROWS; i++)
		keys[i] = (struct key){{1 + i, 0}};
	for (unsigned name = 0; name < BLOCK_NAMES; name++)
		tables[name] = (struct pack_table){
		    (enum block_name)name, 1 + name % 2, keys, name == BLOCK_SHARED ? 0 : ROWS, 1, COLUMNS, cell, NULL};
	if (block_pack(&packed, 1, 0, tables, BLOCK_NAMES, &error) < 0)
		abort();
	return packed;
}

void block_change(struct packed *packed, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i + CHANGE <= size; i += CHANGE)
		packed->bytes[(data[i] | (size_t)data[i + 1] << 8) % packed->size] = data[i + 2];
}

static void touch(const struct value *value)
{
	unsigned sum = 0;

	if (value->type > VALUE_OCTETS)
		abort();
	if (value->type != VALUE_OCTETS)
		return;
	if (value->length > VALUE_OCTETS_MAX)
		abort();
	for (size_t i = 0; i < value->length; i++)
		sum += ((const unsigned char *)value->octets)[i];
	if (sum > VALUE_OCTETS_MAX * UINT8_MAX)
		abort();
}

static void walk(const struct block *block, enum block_name name)
{
	struct grid grid = block_grid(block, name);
	struct cell last = {0}, at;
	unsigned long request[1 + KEY_LENGTH_MAX];
	size_t length = 0;
	struct value value;

	grid.value = &value;
	while (grid_next(&grid, request, length, false, &at) == GRID_FOUND) {
		if (length > 0 && (at.column < last.column || (at.column == last.column && at.row <= last.row)))
			abort();
		touch(&value);
		last = at;
		request[0] = at.column;
		for (unsigned i = 0; i < grid.key_length; i++)
			request[1 + i] = grid.keys[at.row].part[i];
		length = 1 + grid.key_length;
		if (grid_get(&grid, request, length, &at) != GRID_FOUND || at.row != last.row)
			abort();
	}
}

void block_read_all(const struct block *block)
{
	for (unsigned name = 0; name < BLOCK_NAMES; name++) {
		const struct block_part *part = &block->parts[name];

		walk(block, (enum block_name)name);
		for (size_t row = 0; row < block_rows(part); row++)
			if (block_find(part, block_keys(part)[row]) != row)
				abort();
	}
}
