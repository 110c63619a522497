/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "lib/base/arena.h"

enum { SEALED = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

static struct table *table_open(void *memory, size_t size, size_t length, struct error *error)
{
	struct table *table = must_alloc(sizeof *table);
	const char *wrong = block_open(&table->block, memory, size);

	table->memory = memory;
	table->length = length;
	if (wrong == NULL)
		return table;
	error_set(error, ERROR_PROTOCOL, STEP_LIST, "the polling process left %s", wrong);
	table_free(table);
	return NULL;
}

/* Without the seals, any holder of the descriptor could truncate it while we read. */
struct table *table_map(int fd, size_t size, struct error *error)
{
	int seals = fcntl(fd, F_GET_SEALS);
	struct stat file;
	void *memory;

	if (fstat(fd, &file) < 0 || file.st_size < 0 || (uintmax_t)file.st_size != size || size == 0 || seals < 0 ||
	    (seals & SEALED) != SEALED) {
		error_set(error, ERROR_PROTOCOL, STEP_LIST, "the polling process left its snapshot unfinished");
		return NULL;
	}
	memory = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED) {
		error_errno(error, errno, STEP_NONE, "cannot map a snapshot of %zu bytes", size);
		return NULL;
	}
	return table_open(memory, size, size, error);
}

struct table *table_take(struct packed *packed, struct error *error)
{
	return table_open(packed->bytes, packed->size, 0, error);
}

void table_free(struct table *table)
{
	if (table == NULL)
		return;
	if (table->length > 0)
		munmap(table->memory, table->length);
	else
		free(table->memory);
	free(table);
}

struct grid table_scalars(const struct table *table)
{
	return block_grid(&table->block, BLOCK_SCALARS);
}

struct grid table_hosts(const struct table *table)
{
	return block_grid(&table->block, BLOCK_HOSTS);
}

struct grid table_sessions(const struct table *table)
{
	return block_grid(&table->block, BLOCK_SESSIONS);
}
