/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A snapshot packed into one block of memory.  The polling process makes it
 * (agent/pack.h); curfew-agent reads it from a sealed memfd, and the module for
 * snmpd from a file.  Which columns there are stands in the block itself, so
 * that both serve what agent/columns.c says.
 *
 *   header, texts, tables; for each table its keys and columns;
 *   for each column a bit for each row (is there a value?) and the cells
 *
 * Offsets count from the block's first byte and are multiples of 8, but for
 * those of texts.  Bytes are in the machine's own order: only this machine reads it.
 * A text is a byte with its length, then its bytes, and the texts' offsets count
 * from the first text.
 *
 * A reader trusts nothing: block_open() looks at the structure and at the
 * order of the keys, and a cell is looked at when it is read.  Nothing here
 * allocates, and nothing but libc and lib/base/clock.h is needed.
 */
#ifndef CURFEW_BLOCK_H
#define CURFEW_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/grid.h"
#include "agent/value.h"

#define BLOCK_MAGIC "curfewSB" /* without its NUL */

enum {
	BLOCK_VERSION = 2,
	BLOCK_TABLES_MAX = 16,
	BLOCK_COLUMNS_MAX = 128, /* and no column has a higher number */
	BLOCK_ROWS_MAX = 1 << 24,
};

struct block_header {
	char magic[8];
	uint32_t version;
	uint32_t size;     /* of the whole block */
	uint32_t serial;   /* 0: nothing was polled yet */
	uint32_t failures; /* polls that failed: the one number that changes in a file */
	uint32_t tables, tables_at;
	uint32_t texts_at, texts_size;
};

/* Those that are served come first. */
enum block_name {
	BLOCK_SCALARS, /* one row, whose key is 0 */
	BLOCK_HOSTS,
	BLOCK_SESSIONS,
	BLOCK_SERVED,
	BLOCK_NUMBERS = BLOCK_SERVED, /* made-up numbers of sessions (agent/number.h) */
	BLOCK_SHARED,                 /* targets whose sessions are in another target's row (agent/rows.h) */
	BLOCK_NAMES
};

struct block_table {
	uint32_t name; /* enum block_name */
	uint32_t key_length;
	uint32_t rows, keys_at;
	uint32_t columns, columns_at;
};

struct block_column {
	uint32_t number;               /* ascending */
	uint32_t type;                 /* enum value_type, of all cells */
	uint32_t present_at, cells_at; /* both 0: no row has a value */
};

/* A table of a block. */
struct block_part {
	const struct block *block;
	const struct block_table *table; /* NULL: it is not there, and has no rows */
};

/* A block that was looked at; it must not be copied.  All zero: it has no rows. */
struct block {
	const unsigned char *bytes;
	size_t size;
	uint32_t serial;
	struct showing showing; /* the failures of the header; the owner may change it */
	struct block_part parts[BLOCK_NAMES];
};

/* bytes: aligned to 8, and they live as long as the block.  NULL, or what is wrong with them; then the block is all
   zero. */
const char *block_open(struct block *block, const void *bytes, size_t size);

size_t block_rows(const struct block_part *part);
const struct key *block_keys(const struct block_part *part);
/* The row with this key, or block_rows(). */
size_t block_find(const struct block_part *part, struct key key);

/* The cell as it is kept; block_show(): and as SNMP shows it.  false: there is no value. */
bool block_read(const struct block_part *part, unsigned column, size_t row, struct value *value);
bool block_show(const struct block_part *part, unsigned column, size_t row, struct value *value);

/* For a walk; the block must live as long as the grid. */
struct grid block_grid(const struct block *block, enum block_name name);

/* Bytes of a cell; 0: no such type. */
size_t block_width(uint32_t type);

#endif
