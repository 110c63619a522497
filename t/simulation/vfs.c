/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/simulation/vfs.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "lib/base/arena.h"
#include "t/simulation/calls.h"
#include "t/simulation/chance.h"
#include "t/simulation/clockwork.h"
#include "t/simulation/disk.h"
#include "t/simulation/process.h"
#include "t/simulation/vfs_file.h"

static struct vfs_file *open_files;

static struct vfs_file *file_of(sqlite3_file *base)
{
	return (struct vfs_file *)base;
}

int vfs_step(const struct vfs_file *file, int failure)
{
	if (process_step() < 0 || (file != NULL && file->inode == NULL))
		return SQLITE_IOERR;
	if (process_now == NULL || !chance_one_in(calls_fail_one_in))
		return SQLITE_OK;
	calls_failed++;
	return failure;
}

static void file_let_go(struct vfs_file *file)
{
	if (file->inode == NULL)
		return;
	/* What a dead one writes into memory that it shares with the living would be seen: there is none. */
	if (file->maps && file->inode->region_users > 1 && file->process != NULL && file->process->dead)
		abort();
	vfs_unmap(&file->base, 0);
	vfs_unlock(&file->base, SQLITE_LOCK_NONE);
	disk_drop(file->inode);
	file->inode = NULL;
}

static int file_close(sqlite3_file *base)
{
	struct vfs_file *file = file_of(base), **at = &open_files;

	process_step();
	file_let_go(file);
	vfs_regions_free(file->left, file->left_count);
	while (*at != file)
		at = &(*at)->next;
	*at = file->next;
	return SQLITE_OK;
}

void vfs_killed(const struct process *process)
{
	for (struct vfs_file *file = open_files; file != NULL; file = file->next)
		if (file->process == process)
			file_let_go(file);
}

static int file_read(sqlite3_file *base, void *bytes, int length, sqlite3_int64 at)
{
	const struct vfs_file *file = file_of(base);
	size_t got;

	if (vfs_step(file, SQLITE_IOERR_READ) != SQLITE_OK)
		return SQLITE_IOERR_READ;
	got = disk_read(file->inode, bytes, (size_t)length, (size_t)at);
	if (got == (size_t)length)
		return SQLITE_OK;
	memset((char *)bytes + got, 0, (size_t)length - got);
	return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *base, const void *bytes, int length, sqlite3_int64 at)
{
	const struct vfs_file *file = file_of(base);
	int code = vfs_step(file, chance_percent(50) ? SQLITE_IOERR_WRITE : SQLITE_FULL);

	if (code != SQLITE_OK)
		return code;
	return disk_write(file->inode, bytes, (size_t)length, (size_t)at) ? SQLITE_OK : SQLITE_FULL;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 length)
{
	const struct vfs_file *file = file_of(base);

	if (vfs_step(file, SQLITE_IOERR_TRUNCATE) != SQLITE_OK)
		return SQLITE_IOERR_TRUNCATE;
	return disk_cut(file->inode, (size_t)length) ? SQLITE_OK : SQLITE_FULL;
}

static int file_sync(sqlite3_file *base, int flags)
{
	const struct vfs_file *file = file_of(base);

	(void)flags;
	time_pass(chance_below(5));
	if (vfs_step(file, SQLITE_IOERR_FSYNC) != SQLITE_OK)
		return SQLITE_IOERR_FSYNC;
	disk_sync(file->inode);
	return SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size)
{
	const struct vfs_file *file = file_of(base);

	if (vfs_step(file, SQLITE_IOERR_FSTAT) != SQLITE_OK)
		return SQLITE_IOERR_FSTAT;
	*size = (sqlite3_int64)file->inode->now.size;
	return SQLITE_OK;
}

static int file_control(sqlite3_file *base, int operation, void *argument)
{
	(void)base, (void)operation, (void)argument;
	return SQLITE_NOTFOUND;
}

static int sector_size(sqlite3_file *base)
{
	(void)base;
	return 512;
}

/* Nothing is promised: a write may be torn, and what is beside it lost. */
static int device(sqlite3_file *base)
{
	(void)base;
	return 0;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = vfs_lock,
    .xUnlock = vfs_unlock,
    .xCheckReservedLock = vfs_check_reserved,
    .xFileControl = file_control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = device,
    .xShmMap = vfs_map,
    .xShmLock = vfs_map_lock,
    .xShmBarrier = vfs_map_barrier,
    .xShmUnmap = vfs_unmap,
};

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out)
{
	struct vfs_file *file = file_of(base);
	struct inode *inode;

	(void)vfs;
	memset(file, 0, sizeof *file);
	if (vfs_step(NULL, SQLITE_CANTOPEN) != SQLITE_OK)
		return SQLITE_CANTOPEN;
	if (path == NULL) {
		inode = disk_anonymous();
	} else {
		inode = (flags & SQLITE_OPEN_CREATE) != 0 ? disk_make(path) : disk_find(path);
		if (inode == NULL)
			return SQLITE_CANTOPEN;
		disk_hold(inode);
	}
	file->base.pMethods = &methods;
	file->inode = inode;
	file->process = process_now;
	file->next = open_files;
	open_files = file;
	if (out != NULL)
		*out = flags;
	return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
	(void)vfs, (void)sync;
	if (vfs_step(NULL, SQLITE_IOERR_DELETE) != SQLITE_OK)
		return SQLITE_IOERR_DELETE;
	return disk_remove(path) == 0 ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *result)
{
	const struct inode *inode = disk_find(path);

	(void)vfs;
	*result = inode != NULL && (flags != SQLITE_ACCESS_EXISTS || inode->now.size > 0);
	return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int size, char *out)
{
	(void)vfs;
	snprintf(out, (size_t)size, "%s", path);
	return SQLITE_OK;
}

static int vfs_random(sqlite3_vfs *vfs, int size, char *out)
{
	(void)vfs;
	for (int i = 0; i < size; i++)
		out[i] = (char)chance_next();
	return size;
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
	(void)vfs;
	if (process_step() == 0)
		time_pass((microseconds + 999) / 1000);
	return microseconds;
}

static int vfs_time(sqlite3_vfs *vfs, sqlite3_int64 *time)
{
	(void)vfs;
	*time = 210866760000000 + time_wall(); /* Julian day of the epoch */
	return SQLITE_OK;
}

static int vfs_last_error(sqlite3_vfs *vfs, int size, char *out)
{
	(void)vfs, (void)size, (void)out;
	return 0;
}

void vfs_begin(void)
{
	sqlite3_randomness(0, NULL);
}

void vfs_register(void)
{
	static sqlite3_vfs vfs = {
	    .iVersion = 2,
	    .szOsFile = sizeof(struct vfs_file),
	    .mxPathname = 300,
	    .zName = "simulation",
	    .xOpen = vfs_open,
	    .xDelete = vfs_delete,
	    .xAccess = vfs_access,
	    .xFullPathname = vfs_full_path,
	    .xRandomness = vfs_random,
	    .xSleep = vfs_sleep,
	    .xGetLastError = vfs_last_error,
	    .xCurrentTimeInt64 = vfs_time,
	};

	/* All programs are in one thread, and one that is killed must hold no mutex. */
	if (sqlite3_config(SQLITE_CONFIG_SINGLETHREAD) != SQLITE_OK || sqlite3_vfs_register(&vfs, 1) != SQLITE_OK)
		abort();
}
