/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SQLite's locks on a file, and the memory that its connections share. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <sqlite3.h>

#include "lib/base/arena.h"
#include "t/simulation/disk.h"
#include "t/simulation/process.h"
#include "t/simulation/vfs_file.h"

enum { SLOTS = SQLITE_SHM_NLOCK };

static struct vfs_file *file_of(sqlite3_file *base)
{
	return (struct vfs_file *)base;
}

int vfs_unlock(sqlite3_file *base, int level)
{
	struct vfs_file *file = file_of(base);
	struct inode *inode = file->inode;

	if (inode == NULL || file->level <= level)
		return SQLITE_OK;
	if (inode->reserved == file)
		inode->reserved = NULL;
	if (inode->pending == file)
		inode->pending = NULL;
	if (inode->exclusive == file)
		inode->exclusive = NULL;
	if (level == SQLITE_LOCK_NONE)
		inode->readers--;
	file->level = level;
	return SQLITE_OK;
}

int vfs_lock(sqlite3_file *base, int level)
{
	struct vfs_file *file = file_of(base);
	struct inode *inode = file->inode;

	if (vfs_step(file, SQLITE_IOERR_LOCK) != SQLITE_OK)
		return SQLITE_IOERR_LOCK;
	if (file->level >= level)
		return SQLITE_OK;
	if (file->level == SQLITE_LOCK_NONE) {
		if (inode->pending != NULL || inode->exclusive != NULL)
			return SQLITE_BUSY;
		inode->readers++;
		file->level = SQLITE_LOCK_SHARED;
	}
	if (level >= SQLITE_LOCK_RESERVED) {
		if (inode->reserved != NULL && inode->reserved != file)
			return SQLITE_BUSY;
		inode->reserved = file;
		if (file->level < SQLITE_LOCK_RESERVED)
			file->level = SQLITE_LOCK_RESERVED;
	}
	if (level >= SQLITE_LOCK_PENDING) {
		inode->pending = file;
		file->level = SQLITE_LOCK_PENDING;
		if (inode->readers > 1)
			return SQLITE_BUSY;
		inode->exclusive = file;
		file->level = SQLITE_LOCK_EXCLUSIVE;
	}
	return SQLITE_OK;
}

int vfs_check_reserved(sqlite3_file *base, int *result)
{
	const struct vfs_file *file = file_of(base);

	*result = file->inode != NULL && file->inode->reserved != NULL;
	return SQLITE_OK;
}

static void slots_free(struct vfs_file *file)
{
	for (int i = 0; i < SLOTS; i++) {
		if ((file->shared & 1u << i) != 0)
			file->inode->shared[i]--;
		if (file->inode->holder[i] == file)
			file->inode->holder[i] = NULL;
	}
	file->shared = 0;
}

int vfs_map(sqlite3_file *base, int region, int size, int extend, void volatile **memory)
{
	struct vfs_file *file = file_of(base);
	struct inode *inode = file->inode;

	*memory = NULL;
	if (vfs_step(file, SQLITE_IOERR_SHMMAP) != SQLITE_OK)
		return SQLITE_IOERR_SHMMAP;
	if (!file->maps)
		inode->region_users++;
	file->maps = true;
	while (extend && (size_t)region >= inode->region_count) {
		inode->regions = must_realloc(inode->regions, (inode->region_count + 1) * sizeof *inode->regions);
		inode->regions[inode->region_count++] = must_alloc((size_t)size);
	}
	if ((size_t)region < inode->region_count)
		*memory = inode->regions[region];
	return SQLITE_OK;
}

int vfs_map_lock(sqlite3_file *base, int first, int count, int flags)
{
	struct vfs_file *file = file_of(base);
	struct inode *inode = file->inode;

	if (inode == NULL)
		return SQLITE_IOERR_SHMLOCK;
	for (int i = first; i < first + count; i++) {
		const bool ours = (file->shared & 1u << i) != 0;

		if ((flags & SQLITE_SHM_UNLOCK) != 0) {
			inode->shared[i] -= ours;
			file->shared = (uint16_t)(file->shared & ~(1u << i));
			if (inode->holder[i] == file)
				inode->holder[i] = NULL;
			continue;
		}
		if (inode->holder[i] != NULL && inode->holder[i] != file)
			return SQLITE_BUSY;
		if ((flags & SQLITE_SHM_EXCLUSIVE) != 0 && inode->shared[i] > ours)
			return SQLITE_BUSY;
	}
	if ((flags & SQLITE_SHM_UNLOCK) != 0)
		return SQLITE_OK;
	if (vfs_step(file, SQLITE_IOERR_SHMLOCK) != SQLITE_OK)
		return SQLITE_IOERR_SHMLOCK;
	for (int i = first; i < first + count; i++) {
		if ((flags & SQLITE_SHM_EXCLUSIVE) != 0) {
			if (inode->holder[i] != NULL && inode->holder[i] != file)
				return SQLITE_BUSY; /* taken while another went on */
			inode->holder[i] = file;
		} else if ((file->shared & 1u << i) == 0) {
			if (inode->holder[i] != NULL)
				return SQLITE_BUSY;
			inode->shared[i]++;
			file->shared |= (uint16_t)(1u << i);
		}
	}
	return SQLITE_OK;
}

void vfs_map_barrier(sqlite3_file *base)
{
	(void)base;
}

void vfs_regions_free(void **regions, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(regions[i]);
	free(regions);
}

int vfs_unmap(sqlite3_file *base, int remove)
{
	struct vfs_file *file = file_of(base);
	struct inode *inode = file->inode;

	(void)remove;
	if (inode == NULL || !file->maps)
		return SQLITE_OK;
	slots_free(file);
	file->maps = false;
	if (--inode->region_users > 0)
		return SQLITE_OK;
	/* Who maps it next makes it anew, from the log. */
	if (file->process != NULL && file->process->dead) {
		file->left = inode->regions;
		file->left_count = inode->region_count;
	} else {
		vfs_regions_free(inode->regions, inode->region_count);
	}
	inode->regions = NULL;
	inode->region_count = 0;
	return SQLITE_OK;
}
