/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/grid.h"

int key_compare(const struct key *a, const struct key *b)
{
	for (size_t i = 0; i < KEY_LENGTH_MAX; i++) {
		if (a->part[i] != b->part[i])
			return a->part[i] < b->part[i] ? -1 : 1;
	}
	return 0;
}

size_t key_find(const struct key *keys, size_t count, struct key key)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (key_compare(&keys[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && key_compare(&keys[low], &key) == 0 ? low : count;
}

/* Compares a row's index, as an OID, with the rest of a request: a prefix of a longer OID is less. */
static int key_against(const struct key *key, unsigned key_length, const unsigned long *request, size_t length)
{
	for (size_t i = 0; i < key_length && i < length; i++) {
		if (key->part[i] != request[i])
			return key->part[i] < request[i] ? -1 : 1;
	}
	if (key_length == length)
		return 0;
	return key_length < length ? -1 : 1;
}

/* The first row whose index is behind the request, or is the request if inclusive. */
static size_t row_behind(const struct grid *grid, const unsigned long *request, size_t length, bool inclusive)
{
	size_t low = 0, high = grid->rows;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = key_against(&grid->keys[middle], grid->key_length, request, length);

		if (order < 0 || (order == 0 && !inclusive))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool read_cell(const struct grid *grid, unsigned column, size_t row)
{
	return grid->read == NULL || grid->read(grid->context, column, row, grid->value);
}

/* The first row from this one on that may have a value. */
static size_t row_next(const struct grid *grid, unsigned column, size_t row)
{
	return grid->next == NULL ? row : grid->next(grid->context, column, row);
}

enum grid_answer grid_get(const struct grid *grid, const unsigned long *request, size_t length, struct cell *cell)
{
	size_t row;

	if (length < 1 || request[0] < grid->first_column || request[0] > grid->last_column)
		return GRID_NO_COLUMN;
	row = row_behind(grid, request + 1, length - 1, true);
	if (row == grid->rows || key_against(&grid->keys[row], grid->key_length, request + 1, length - 1) != 0)
		return GRID_NO_ROW;
	if (!read_cell(grid, (unsigned)request[0], row))
		return GRID_NO_ROW;
	*cell = (struct cell){.column = (unsigned)request[0], .row = row};
	return GRID_FOUND;
}

enum grid_answer grid_next(const struct grid *grid, const unsigned long *request, size_t length, bool inclusive,
                           struct cell *cell)
{
	unsigned column = grid->first_column;
	size_t row = 0;

	if (grid->rows == 0)
		return GRID_END;
	if (length > 0 && request[0] > grid->last_column)
		return GRID_END;
	if (length > 0 && request[0] >= grid->first_column) {
		column = (unsigned)request[0];
		row = row_behind(grid, request + 1, length - 1, inclusive);
	}
	for (; column <= grid->last_column; column++, row = 0) {
		for (row = row_next(grid, column, row); row < grid->rows; row = row_next(grid, column, row + 1)) {
			if (!read_cell(grid, column, row))
				continue;
			*cell = (struct cell){.column = column, .row = row};
			return GRID_FOUND;
		}
	}
	return GRID_END;
}
