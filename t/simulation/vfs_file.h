/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file that SQLite has open: what vfs.c and vfs_locks.c share. */
#ifndef CURFEW_SIMULATION_VFS_FILE_H
#define CURFEW_SIMULATION_VFS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#include "t/simulation/disk.h"
#include "t/simulation/process.h"

struct vfs_file {
	sqlite3_file base;
	struct inode *inode; /* NULL: its process was killed */
	const struct process *process;
	int level; /* SQLITE_LOCK_… */
	bool maps;
	uint16_t shared; /* of the shared memory's locks, a bit each */
	void **left;     /* the memory that it shared and, being dead, may still write to: nobody else sees it */
	size_t left_count;
	struct vfs_file *next;
};

/* SQLITE_OK, or why this call fails.  file: NULL is none. */
int vfs_step(const struct vfs_file *file, int failure);

/* vfs_locks.c: of struct sqlite3_io_methods. */
int vfs_lock(sqlite3_file *base, int level);
int vfs_unlock(sqlite3_file *base, int level);
int vfs_check_reserved(sqlite3_file *base, int *result);
int vfs_map(sqlite3_file *base, int region, int size, int extend, void volatile **memory);
int vfs_map_lock(sqlite3_file *base, int first, int count, int flags);
void vfs_map_barrier(sqlite3_file *base);
int vfs_unmap(sqlite3_file *base, int remove);
void vfs_regions_free(void **regions, size_t count);

#endif
