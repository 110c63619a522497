/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes a block (agent/block.h): the last step of the polling process. */
#ifndef CURFEW_PACK_H
#define CURFEW_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/block.h"
#include "agent/grid.h"
#include "agent/value.h"
#include "lib/base/error.h"

/* A table to be packed. */
struct pack_table {
	enum block_name name;
	unsigned key_length;
	const struct key *keys; /* ascending, no two alike */
	size_t rows;
	unsigned first_column, last_column;
	/* The cell; false: there is no value.  All values of a column are of one type. */
	bool (*read)(const void *context, unsigned column, size_t row, struct value *value);
	const void *context;
};

/* A block of the caller's, to be freed. */
struct packed {
	unsigned char *bytes;
	size_t size;
};

/* 0, or -1: more than a block can hold, or a column of two types. */
int block_pack(struct packed *packed, uint32_t serial, uint32_t failures, const struct pack_table *tables, size_t count,
               struct error *error);

/* Writes the block to an empty file.  0 or -1. */
int packed_write(const struct packed *packed, int fd, struct error *error);

#endif
