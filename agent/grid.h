/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How SNMP walks a table: columns times rows, all of one column before the
 * next.  Pure, and knows nothing of net-snmp: a request is what stands behind
 * the table entry's OID, "column" or "column.index" or a part of that.
 *
 * Sub-ids are compared in full width: an index of 2^32 + 1 in a request is not
 * the index 1 (RFC 2578 7.1.12 allows 32 bits, but a request may say anything,
 * and net-snmp's sub-ids have 64).
 */
#ifndef CURFEW_GRID_H
#define CURFEW_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KEY_LENGTH_MAX = 2 };

struct value; /* agent/columns.h */

/* The index of a row. */
struct key {
	uint32_t part[KEY_LENGTH_MAX];
};
int key_compare(const struct key *a, const struct key *b);
/* The position of the key among ascending ones, or count. */
size_t key_find(const struct key *keys, size_t count, struct key key);

struct grid {
	const struct key *keys; /* ascending, no two alike */
	size_t rows;
	unsigned key_length;                /* 1 or 2 parts in use; unused ones are 0 */
	unsigned first_column, last_column; /* the accessible ones, none missing between */
	/* Reads a cell into *value; false: it has none, and is skipped.  NULL: every cell has a value. */
	bool (*read)(const void *context, unsigned column, size_t row, struct value *value);
	/* The first row from this one on that may have a value in the column, or rows.  NULL: each may. */
	size_t (*next)(const void *context, unsigned column, size_t row);
	const void *context;
	struct value *value; /* set by the caller: gets the value of the cell that was found */
};

struct cell {
	unsigned column;
	size_t row;
};

enum grid_answer {
	GRID_FOUND,
	GRID_NO_COLUMN, /* GET: there is no such object */
	GRID_NO_ROW,    /* GET: the object has no such instance, or no value in it */
	GRID_END,       /* GETNEXT: nothing behind it in this table */
};

/* The cell that a request names exactly. */
enum grid_answer grid_get(const struct grid *grid, const unsigned long *request, size_t length, struct cell *cell);

/* The first cell with a value behind the request; inclusive: or the requested one itself (RFC 2741 5.1). */
enum grid_answer grid_next(const struct grid *grid, const unsigned long *request, size_t length, bool inclusive,
                           struct cell *cell);

#endif
