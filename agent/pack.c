/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/pack.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/hash.h"

enum { ALIGNMENT = 8, WORD_BITS = 64, FIRST_SLOTS = 1024 };

/* Bytes that grow. */
struct bytes {
	unsigned char *at;
	size_t used, room;
};

/* Each text once, found by its hash. */
struct texts {
	struct bytes bytes;
	uint32_t *slots; /* offset + 1; 0: free */
	size_t slot_count, count;
};

struct packing {
	struct bytes block;
	struct texts texts;
	uint64_t *numbers; /* of one column */
	uint64_t *present;
};

/* Zeroed bytes at the end, aligned; returns where they are. */
static size_t bytes_add(struct bytes *bytes, size_t size)
{
	size_t at = (bytes->used + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT, end = at + size;

	if (end > bytes->room) {
		bytes->room = end > 2 * bytes->room ? end : 2 * bytes->room;
		bytes->at = must_realloc(bytes->at, bytes->room);
	}
	memset(bytes->at + bytes->used, 0, end - bytes->used);
	bytes->used = end;
	return at;
}

static uint32_t text_append(struct texts *texts, const void *text, size_t length)
{
	struct bytes *bytes = &texts->bytes;
	size_t at = bytes->used, end = at + 1 + length;

	if (end > bytes->room) {
		bytes->room = 2 * end + FIRST_SLOTS;
		bytes->at = must_realloc(bytes->at, bytes->room);
	}
	bytes->at[at] = (unsigned char)length;
	if (length > 0)
		memcpy(bytes->at + at + 1, text, length);
	bytes->used = end;
	return (uint32_t)at;
}

static uint32_t *text_slot(const struct texts *texts, const void *text, size_t length)
{
	size_t slot = hash_short(hash_bytes(HASH_START, text, length)) & (texts->slot_count - 1);

	while (texts->slots[slot] != 0) {
		const unsigned char *there = texts->bytes.at + (texts->slots[slot] - 1);

		if (there[0] == length && (length == 0 || memcmp(there + 1, text, length) == 0))
			break;
		slot = (slot + 1) & (texts->slot_count - 1);
	}
	return &texts->slots[slot];
}

/* Twice the slots, as soon as half of them are taken. */
static void texts_grow(struct texts *texts)
{
	uint32_t *old = texts->slots;
	size_t count = texts->slot_count;

	texts->slot_count = count > 0 ? 2 * count : FIRST_SLOTS;
	texts->slots = must_alloc(texts->slot_count * sizeof *texts->slots);
	for (size_t i = 0; i < count; i++) {
		const unsigned char *text;

		if (old[i] == 0)
			continue;
		text = texts->bytes.at + (old[i] - 1);
		*text_slot(texts, text + 1, text[0]) = old[i];
	}
	free(old);
}

static uint32_t text_add(struct texts *texts, const void *text, size_t length)
{
	uint32_t *slot;

	if (texts->count * 2 >= texts->slot_count)
		texts_grow(texts);
	slot = text_slot(texts, text, length);
	if (*slot == 0) {
		*slot = text_append(texts, text, length) + 1;
		texts->count++;
	}
	return *slot - 1;
}

/* A neighbour's text is the likeliest: most columns have few texts, or one for all. */
static uint64_t text_place(struct texts *texts, const struct value *value, uint64_t neighbour)
{
	if (neighbour != UINT64_MAX && value->length > 0) {
		const unsigned char *text = texts->bytes.at + neighbour;

		if (text[0] == value->length && memcmp(text + 1, value->octets, value->length) == 0)
			return neighbour;
	}
	return text_add(texts, value->octets, value->length);
}

/* Reads a column; its type is that of its first value.  Returns how many values there are, or -1. */
static int64_t column_read(struct packing *packing, const struct pack_table *table, unsigned column,
                           enum value_type *type)
{
	uint64_t neighbour = UINT64_MAX;
	int64_t count = 0;

	memset(packing->present, 0, (table->rows + WORD_BITS - 1) / WORD_BITS * sizeof *packing->present);
	for (size_t row = 0; row < table->rows; row++) {
		struct value value;

		packing->numbers[row] = 0;
		if (!table->read(table->context, column, row, &value))
			continue;
		if (count++ == 0)
			*type = value.type;
		if (value.type != *type || (*type == VALUE_INTEGER && value.number > UINT8_MAX) ||
		    (*type == VALUE_OCTETS && value.length > VALUE_OCTETS_MAX))
			return -1;
		if (value.type == VALUE_OCTETS)
			value.number = neighbour = text_place(&packing->texts, &value, neighbour);
		packing->numbers[row] = value.number;
		packing->present[row / WORD_BITS] |= UINT64_C(1) << row % WORD_BITS;
	}
	return count;
}

static void cells_write(const struct packing *packing, size_t at, size_t rows, size_t width)
{
	unsigned char *cells = packing->block.at + at;

	for (size_t row = 0; row < rows; row++) {
		uint64_t number = packing->numbers[row];
		uint32_t narrow = (uint32_t)number;

		if (width == 1)
			cells[row] = (unsigned char)number;
		else if (width == sizeof narrow)
			memcpy(cells + row * sizeof narrow, &narrow, sizeof narrow);
		else
			memcpy(cells + row * sizeof number, &number, sizeof number);
	}
}

static int column_pack(struct packing *packing, const struct pack_table *table, unsigned number, size_t at)
{
	struct block_column column = {.number = number};
	enum value_type type = VALUE_INTEGER;
	int64_t count = column_read(packing, table, number, &type);
	size_t words = (table->rows + WORD_BITS - 1) / WORD_BITS, place;

	if (count < 0)
		return -1;
	if (count > 0) {
		column.type = type;
		place = bytes_add(&packing->block, words * sizeof *packing->present);
		memcpy(packing->block.at + place, packing->present, words * sizeof *packing->present);
		column.present_at = (uint32_t)place;
		place = bytes_add(&packing->block, table->rows * block_width(type));
		cells_write(packing, place, table->rows, block_width(type));
		column.cells_at = (uint32_t)place;
	}
	memcpy(packing->block.at + at, &column, sizeof column);
	return 0;
}

static int table_pack(struct packing *packing, const struct pack_table *table, size_t at)
{
	uint32_t columns = table->last_column - table->first_column + 1;
	size_t keys_at = bytes_add(&packing->block, table->rows * sizeof *table->keys);
	size_t columns_at = bytes_add(&packing->block, columns * sizeof(struct block_column));
	const struct block_table header = {
	    .name = table->name,
	    .key_length = table->key_length,
	    .rows = (uint32_t)table->rows,
	    .keys_at = (uint32_t)keys_at,
	    .columns = columns,
	    .columns_at = (uint32_t)columns_at,
	};

	memcpy(packing->block.at + at, &header, sizeof header);
	if (table->rows == 0) {
		for (uint32_t i = 0; i < columns; i++) {
			const struct block_column column = {.number = table->first_column + i};

			memcpy(packing->block.at + columns_at + i * sizeof column, &column, sizeof column);
		}
		return 0;
	}
	memcpy(packing->block.at + keys_at, table->keys, table->rows * sizeof *table->keys);
	packing->numbers = must_alloc(table->rows * sizeof *packing->numbers);
	packing->present = must_alloc((table->rows / WORD_BITS + 1) * sizeof *packing->present);
	for (uint32_t i = 0; i < columns; i++)
		if (column_pack(packing, table, table->first_column + i, columns_at + i * sizeof(struct block_column)) <
		    0)
			return -1;
	return 0;
}

static int tables_pack(struct packing *packing, const struct pack_table *tables, size_t count, size_t at,
                       struct error *error)
{
	for (size_t i = 0; i < count; i++) {
		int result = tables[i].rows <= BLOCK_ROWS_MAX
		                 ? table_pack(packing, &tables[i], at + i * sizeof(struct block_table))
		                 : -1;

		free(packing->numbers);
		free(packing->present);
		packing->numbers = packing->present = NULL;
		if (result < 0 || packing->block.used + packing->texts.bytes.used > UINT32_MAX / 2)
			return error_set(error, ERROR_PROTOCOL, STEP_LIST, "the snapshot is too large: %zu rows",
			                 tables[i].rows);
	}
	return 0;
}

int block_pack(struct packed *packed, uint32_t serial, uint32_t failures, const struct pack_table *tables, size_t count,
               struct error *error)
{
	struct packing packing = {0};
	struct block_header header = {
	    .version = BLOCK_VERSION, .serial = serial, .failures = failures, .tables = (uint32_t)count};
	int result;

	memcpy(header.magic, BLOCK_MAGIC, sizeof header.magic);
	bytes_add(&packing.block, sizeof header);
	header.tables_at = (uint32_t)bytes_add(&packing.block, count * sizeof(struct block_table));
	result = tables_pack(&packing, tables, count, header.tables_at, error);
	if (result == 0) {
		header.texts_at = (uint32_t)bytes_add(&packing.block, packing.texts.bytes.used);
		header.texts_size = (uint32_t)packing.texts.bytes.used;
		if (header.texts_size > 0)
			memcpy(packing.block.at + header.texts_at, packing.texts.bytes.at, header.texts_size);
		header.size = (uint32_t)packing.block.used;
		memcpy(packing.block.at, &header, sizeof header);
		*packed = (struct packed){packing.block.at, packing.block.used};
	} else {
		free(packing.block.at);
	}
	free(packing.texts.bytes.at);
	free(packing.texts.slots);
	return result;
}

int packed_write(const struct packed *packed, int fd, struct error *error)
{
	size_t done = 0;

	while (done < packed->size) {
		ssize_t wrote = write(fd, packed->bytes + done, packed->size - done);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return error_errno(error, wrote < 0 ? errno : ENOSPC, STEP_NONE, "cannot write the snapshot");
		done += (size_t)wrote;
	}
	return 0;
}
