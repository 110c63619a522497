/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the subagent serves: the block of one poll (agent/block.h), never
 * changed once made.  A new poll brings a new one, which takes the old one's
 * place by one pointer between two requests, so that a request sees one or the
 * other and never a mixture.
 */
#ifndef CURFEW_TABLE_H
#define CURFEW_TABLE_H

#include <stddef.h>

#include "agent/block.h"
#include "agent/grid.h"
#include "agent/pack.h"
#include "lib/base/error.h"

struct table {
	struct block block;
	void *memory;  /* NULL: there is none */
	size_t length; /* of a mapping; 0: it was allocated */
};

/* Makes a table of a sealed memfd of this size from the polling process.  NULL: it is invalid. */
struct table *table_map(int fd, size_t size, struct error *error);
/* Makes a table of bytes in our memory, and takes them over. */
struct table *table_take(struct packed *packed, struct error *error);
void table_free(struct table *table); /* NULL is allowed */

/* For a walk: the columns are those of agent/columns.h. */
struct grid table_scalars(const struct table *table);
struct grid table_hosts(const struct table *table);
struct grid table_sessions(const struct table *table);

#endif
