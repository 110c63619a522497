/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/block.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { ALIGNMENT = 8, WORD_BITS = 64 };

size_t block_width(uint32_t type)
{
	switch (type) {
	case VALUE_INTEGER:
		return 1;
	case VALUE_GAUGE32:
	case VALUE_COUNTER32:
	case VALUE_TICKS:
	case VALUE_FAILURES:
	case VALUE_OCTETS: /* where the text is */
		return 4;
	case VALUE_COUNTER64:
	case VALUE_MOMENT:
	case VALUE_SINCE:
	case VALUE_STAMP:
		return 8;
	default:
		return 0;
	}
}

/* Are there so many items of this size from here on? */
static bool fits(const struct block_header *header, uint32_t at, uint64_t count, uint64_t size)
{
	return at % ALIGNMENT == 0 && at <= header->size && count <= (header->size - at) / size;
}

static const char *check_column(const struct block_header *header, const struct block_table *table,
                                const struct block_column *column)
{
	uint64_t words = ((uint64_t)table->rows + WORD_BITS - 1) / WORD_BITS;

	if (column->present_at == 0 && column->cells_at == 0)
		return NULL;
	if (block_width(column->type) == 0)
		return "a column of an unknown type";
	if (!fits(header, column->present_at, words, sizeof(uint64_t)) ||
	    !fits(header, column->cells_at, table->rows, block_width(column->type)))
		return "a column outside of it";
	return NULL;
}

static const char *check_keys(const struct key *keys, const struct block_table *table)
{
	for (size_t i = 0; i < table->rows; i++) {
		if (table->key_length == 1 && keys[i].part[1] != 0)
			return "a key that is too long";
		if (i > 0 && key_compare(&keys[i - 1], &keys[i]) >= 0)
			return "rows out of order";
	}
	return NULL;
}

static const char *check_table(const struct block_header *header, const struct block_table *table)
{
	const unsigned char *bytes = (const unsigned char *)header;
	const struct block_column *columns;

	if (table->name >= BLOCK_NAMES || table->key_length < 1 || table->key_length > KEY_LENGTH_MAX ||
	    table->rows > BLOCK_ROWS_MAX || table->columns < 1 || table->columns > BLOCK_COLUMNS_MAX)
		return "a table that is none";
	if (!fits(header, table->keys_at, table->rows, sizeof(struct key)) ||
	    !fits(header, table->columns_at, table->columns, sizeof *columns))
		return "a table outside of it";
	columns = (const struct block_column *)(const void *)(bytes + table->columns_at);
	for (size_t i = 0; i < table->columns; i++) {
		const char *wrong = check_column(header, table, &columns[i]);

		if (wrong != NULL)
			return wrong;
		if (columns[i].number == 0 || columns[i].number > BLOCK_COLUMNS_MAX ||
		    (i > 0 && columns[i].number <= columns[i - 1].number))
			return "columns out of order";
	}
	return check_keys((const struct key *)(const void *)(bytes + table->keys_at), table);
}

static const char *check_header(const struct block_header *header, size_t size)
{
	if (size < sizeof *header || memcmp(header->magic, BLOCK_MAGIC, sizeof header->magic) != 0)
		return "no snapshot";
	if (header->version != BLOCK_VERSION)
		return "a snapshot of another version";
	if (header->size != size)
		return "a part of a snapshot";
	if (header->tables > BLOCK_TABLES_MAX ||
	    !fits(header, header->tables_at, header->tables, sizeof(struct block_table)) ||
	    !fits(header, header->texts_at, header->texts_size, 1))
		return "tables or texts outside of it";
	return NULL;
}

const char *block_open(struct block *block, const void *bytes, size_t size)
{
	const struct block_header *header = bytes;
	const char *wrong = check_header(header, size);
	const struct block_table *tables;

	*block = (struct block){0};
	if (wrong != NULL)
		return wrong;
	*block = (struct block){
	    .bytes = bytes, .size = size, .serial = header->serial, .showing = {.failures = header->failures}};
	tables = (const struct block_table *)(const void *)(block->bytes + header->tables_at);
	for (size_t i = 0; i < header->tables && wrong == NULL; i++) {
		wrong = check_table(header, &tables[i]);
		if (wrong == NULL && block->parts[tables[i].name].table != NULL)
			wrong = "a table twice";
		if (wrong == NULL)
			block->parts[tables[i].name] = (struct block_part){block, &tables[i]};
	}
	if (wrong != NULL)
		*block = (struct block){0};
	return wrong;
}

size_t block_rows(const struct block_part *part)
{
	return part->table != NULL ? part->table->rows : 0;
}

const struct key *block_keys(const struct block_part *part)
{
	return part->table != NULL ? (const struct key *)(const void *)(part->block->bytes + part->table->keys_at)
	                           : NULL;
}

size_t block_find(const struct block_part *part, struct key key)
{
	return key_find(block_keys(part), block_rows(part), key);
}

static const struct block_column *columns_of(const struct block_part *part)
{
	return (const struct block_column *)(const void *)(part->block->bytes + part->table->columns_at);
}

/* Where a column is if none is missing before it, else wherever; NULL: it has no values. */
static const struct block_column *column_of(const struct block_part *part, unsigned number)
{
	const struct block_column *columns, *found = NULL;
	uint32_t count, guess;

	if (part->table == NULL)
		return NULL;
	columns = columns_of(part);
	count = part->table->columns;
	guess = number - columns[0].number;
	if (guess < count && columns[guess].number == number)
		found = &columns[guess];
	for (uint32_t i = 0; found == NULL && i < count; i++)
		if (columns[i].number == number)
			found = &columns[i];
	return found != NULL && found->cells_at != 0 && found->present_at != 0 ? found : NULL;
}

static const uint64_t *present_of(const struct block_part *part, const struct block_column *column)
{
	return (const uint64_t *)(const void *)(part->block->bytes + column->present_at);
}

/* An offset that leads nowhere is no text. */
static bool read_text(const struct block *block, uint32_t at, struct value *value)
{
	const struct block_header *header = (const void *)block->bytes;
	const unsigned char *texts = block->bytes + header->texts_at;

	if (at >= header->texts_size || texts[at] > header->texts_size - at - 1)
		return false;
	value->length = texts[at];
	value->octets = texts + at + 1;
	return true;
}

bool block_read(const struct block_part *part, unsigned number, size_t row, struct value *value)
{
	const struct block_column *column = column_of(part, number);
	const unsigned char *cells;
	uint32_t narrow;

	if (column == NULL || row >= part->table->rows ||
	    (present_of(part, column)[row / WORD_BITS] >> row % WORD_BITS & 1) == 0)
		return false;
	cells = part->block->bytes + column->cells_at;
	value->type = (enum value_type)column->type;
	switch (block_width(column->type)) {
	case 1:
		value->number = cells[row];
		return true;
	case 4:
		memcpy(&narrow, cells + row * sizeof narrow, sizeof narrow);
		value->number = narrow;
		return value->type != VALUE_OCTETS || read_text(part->block, narrow, value);
	default:
		memcpy(&value->number, cells + row * sizeof value->number, sizeof value->number);
		return true;
	}
}

bool block_show(const struct block_part *part, unsigned column, size_t row, struct value *value)
{
	return block_read(part, column, row, value) && value_show(value, &part->block->showing);
}

/* The first row from this one on that has a value in the column. */
static size_t present_next(const struct block_part *part, unsigned number, size_t row)
{
	const struct block_column *column = column_of(part, number);
	size_t rows = block_rows(part);
	const uint64_t *words;

	if (column == NULL)
		return rows;
	words = present_of(part, column);
	while (row < rows) {
		uint64_t rest = words[row / WORD_BITS] >> row % WORD_BITS;

		if (rest != 0) {
			row += (size_t)__builtin_ctzll(rest);
			break;
		}
		row += WORD_BITS - row % WORD_BITS;
	}
	return row < rows ? row : rows;
}

static bool grid_read(const void *context, unsigned column, size_t row, struct value *value)
{
	return block_show(context, column, row, value);
}

static size_t grid_behind(const void *context, unsigned column, size_t row)
{
	return present_next(context, column, row);
}

struct grid block_grid(const struct block *block, enum block_name name)
{
	const struct block_part *part = &block->parts[name];
	const struct block_table *table = part->table;

	if (table == NULL)
		return (struct grid){.key_length = 1, .first_column = 1, .last_column = 0};
	return (struct grid){
	    .keys = block_keys(part),
	    .rows = table->rows,
	    .key_length = table->key_length,
	    .first_column = columns_of(part)[0].number,
	    .last_column = columns_of(part)[table->columns - 1].number,
	    .read = grid_read,
	    .next = grid_behind,
	    .context = part,
	};
}
