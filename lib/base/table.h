/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of text, aligned by terminal columns (wcwidth), not by bytes. */
#ifndef CURFEW_TABLE_H
#define CURFEW_TABLE_H

#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"

enum { TABLE_COLUMNS = 12, TABLE_CELL_LIMIT = 40 };

struct table {
	struct arena arena;
	size_t columns;
	const char **cells; /* row after row, the first is the heading */
	size_t count, allocated;
};

/* Adds the next cell; a row needs all its cells.  Text from outside is escaped and, if limit is not 0, cut to that
 * many terminal columns. */
void table_cell(struct table *table, const char *text, size_t limit);
/* Adds a cell whose text is escaped already. */
void table_cell_shown(struct table *table, const char *shown, size_t limit);
/* Writes the rows as lines, with two blanks between columns and none at the end.  A column with nothing below its
 * heading is left out. */
void table_write(const struct table *table, struct buffer *out);
void table_free(struct table *table);

#endif
