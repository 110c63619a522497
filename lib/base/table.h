/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of text, aligned by what a terminal shows (wcwidth), not by bytes. */
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

/* Adds the next cell; the columns of a row must all be added.  Text that came from elsewhere is escaped
   and, if limit is not 0, cut to that many terminal columns. */
void table_cell(struct table *table, const char *text, size_t limit);
/* The same for text that is escaped already. */
void table_cell_shown(struct table *table, const char *shown, size_t limit);
/* Rows as lines, columns two blanks apart, no blanks at the end.  A column with nothing below its
   heading is left out. */
void table_write(const struct table *table, struct buffer *out);
void table_free(struct table *table);

#endif
