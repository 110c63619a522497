/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/simulation/calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "t/simulation/chance.h"
#include "t/simulation/clockwork.h"
#include "t/simulation/disk.h"
#include "t/simulation/process.h"

enum { FIRST_FD = 10000, HANDLES = 256 };
static const char boot_file[] = "/proc/sys/kernel/random/boot_id";

/* An open file, or the folder of that path. */
static struct handle {
	bool used;
	struct inode *inode;
	char *folder;
	size_t at;
	int flags;
	const struct process *process;
} handles[HANDLES];

int64_t calls_fail_one_in;
uint64_t calls_failed;

/* 0: go on. */
static int step(bool may_fail)
{
	if (process_step() < 0) {
		errno = EIO;
		return -1;
	}
	if (!may_fail || process_now == NULL || !chance_one_in(calls_fail_one_in))
		return 0;
	calls_failed++;
	errno = chance_percent(50) ? EIO : ENOSPC;
	return -1;
}

static struct handle *handle_of(int fd)
{
	struct handle *handle = fd >= FIRST_FD && fd < FIRST_FD + HANDLES ? &handles[fd - FIRST_FD] : NULL;

	if (handle != NULL && handle->used && handle->process == process_now)
		return handle;
	errno = EBADF;
	return NULL;
}

const char *calls_folder(int fd)
{
	const struct handle *handle = handle_of(fd);

	return handle != NULL ? handle->folder : NULL;
}

static struct handle *handle_make(int *fd)
{
	for (int i = 0; i < HANDLES; i++) {
		if (handles[i].used)
			continue;
		handles[i] = (struct handle){.used = true, .process = process_now};
		*fd = FIRST_FD + i;
		return &handles[i];
	}
	abort();
}

static void handle_close(struct handle *handle)
{
	if (handle->inode != NULL) {
		if (handle->inode->lock == handle)
			handle->inode->lock = NULL;
		disk_drop(handle->inode);
	}
	free(handle->folder);
	*handle = (struct handle){0};
}

void calls_killed(const struct process *process)
{
	for (size_t i = 0; i < HANDLES; i++)
		if (handles[i].used && handles[i].process == process)
			handle_close(&handles[i]);
}

static int open_path(const char *path, int flags)
{
	struct handle *handle;
	struct inode *inode;
	int fd;

	if (step((flags & O_DIRECTORY) == 0) < 0)
		return -1;
	if (strcmp(path, boot_file) == 0) {
		char text[64];

		snprintf(text, sizeof text, "%08x-0000-4000-8000-000000000000\n", virtual_time.starts);
		disk_put(boot_file, text);
	}
	if ((flags & O_DIRECTORY) != 0) {
		handle = handle_make(&fd);
		handle->folder = strdup(path);
		return fd;
	}
	inode = (flags & O_CREAT) != 0 ? disk_make(path) : disk_find(path);
	if (inode == NULL) {
		errno = ENOENT;
		return -1;
	}
	handle = handle_make(&fd);
	disk_hold(inode);
	handle->inode = inode;
	handle->flags = flags;
	return fd;
}

int __wrap_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...)
{
	return open_path(path, flags);
}

int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
	return open_path(path, flags);
}

int __wrap___open64_2(const char *path, int flags);
int __wrap___open64_2(const char *path, int flags)
{
	return open_path(path, flags);
}

int __wrap_openat64(int folder, const char *name, int flags, ...);
int __wrap_openat64(int folder, const char *name, int flags, ...)
{
	const struct handle *handle = handle_of(folder);
	char path[300];

	if (handle == NULL || handle->folder == NULL)
		return -1;
	if (strcmp(name, ".") == 0)
		return open_path(handle->folder, flags);
	snprintf(path, sizeof path, "%s/%s", handle->folder, name);
	return open_path(path, flags);
}

int __wrap_close(int fd);
int __real_close(int fd);
int __wrap_close(int fd)
{
	struct handle *handle;

	if (fd < FIRST_FD)
		return __real_close(fd);
	process_step();
	handle = handle_of(fd);
	if (handle == NULL)
		return -1;
	handle_close(handle);
	return 0;
}

ssize_t __wrap_pread64(int fd, void *bytes, size_t length, off_t at);
ssize_t __wrap_pread64(int fd, void *bytes, size_t length, off_t at)
{
	const struct handle *handle;

	if (step(true) < 0 || (handle = handle_of(fd)) == NULL)
		return -1;
	return (ssize_t)disk_read(handle->inode, bytes, length, (size_t)at);
}

ssize_t __real_read(int fd, void *bytes, size_t length);
ssize_t __wrap_read(int fd, void *bytes, size_t length);
ssize_t __wrap_read(int fd, void *bytes, size_t length)
{
	struct handle *handle;
	size_t got;

	if (fd < FIRST_FD)
		return __real_read(fd, bytes, length);
	if (step(true) < 0 || (handle = handle_of(fd)) == NULL)
		return -1;
	got = disk_read(handle->inode, bytes, length, handle->at);
	handle->at += got;
	return (ssize_t)got;
}

static ssize_t write_at(int fd, const void *bytes, size_t length, size_t at)
{
	const struct handle *handle = handle_of(fd);

	if (handle == NULL)
		return -1;
	if (disk_write(handle->inode, bytes, length, (handle->flags & O_APPEND) != 0 ? handle->inode->now.size : at))
		return (ssize_t)length;
	errno = ENOSPC;
	return -1;
}

ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t length, off_t at);
ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t length, off_t at)
{
	return step(true) < 0 ? -1 : write_at(fd, bytes, length, (size_t)at);
}

ssize_t __real_write(int fd, const void *bytes, size_t length);
ssize_t __wrap_write(int fd, const void *bytes, size_t length);
ssize_t __wrap_write(int fd, const void *bytes, size_t length)
{
	struct handle *handle;
	ssize_t done;

	if (fd < FIRST_FD)
		return __real_write(fd, bytes, length);
	if (step(true) < 0 || (handle = handle_of(fd)) == NULL)
		return -1;
	/* A part of it, now and then: the rest is asked for again. */
	if (length > 1 && chance_one_in(calls_fail_one_in))
		length = 1 + (size_t)chance_below((int64_t)length - 1);
	done = write_at(fd, bytes, length, handle->at);
	if (done > 0)
		handle->at += (size_t)done;
	return done;
}

int __wrap_ftruncate64(int fd, off_t length);
int __wrap_ftruncate64(int fd, off_t length)
{
	const struct handle *handle;

	if (step(true) < 0 || (handle = handle_of(fd)) == NULL)
		return -1;
	return disk_cut(handle->inode, (size_t)length) ? 0 : -1;
}

static int sync_file(int fd)
{
	const struct handle *handle;

	time_pass(chance_below(5));
	if (chance_one_in(2000)) /* a disk that is busy */
		time_pass(chance_below(1500));
	if (step(true) < 0 || (handle = handle_of(fd)) == NULL)
		return -1;
	if (handle->inode != NULL)
		disk_sync(handle->inode);
	return 0;
}

int __wrap_fdatasync(int fd);
int __wrap_fdatasync(int fd)
{
	return sync_file(fd);
}

int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
	return sync_file(fd);
}

static int status_of(const struct inode *inode, struct stat *status)
{
	memset(status, 0, sizeof *status);
	status->st_uid = ACCOUNT;
	status->st_dev = 1;
	status->st_mode = inode != NULL ? S_IFREG | 0600 : S_IFDIR | 0700;
	status->st_nlink = inode != NULL ? disk_links(inode) : 2;
	status->st_ino = inode != NULL ? inode->number : 1;
	status->st_size = inode != NULL ? (off_t)inode->now.size : 0;
	return 0;
}

int __wrap_fstat64(int fd, struct stat *status);
int __wrap_fstat64(int fd, struct stat *status)
{
	const struct handle *handle;

	if (step(true) < 0 || (handle = handle_of(fd)) == NULL)
		return -1;
	return status_of(handle->inode, status);
}

int __wrap_fstatat64(int folder, const char *name, struct stat *status, int flags);
int __wrap_fstatat64(int folder, const char *name, struct stat *status, int flags)
{
	const struct handle *handle;
	const struct inode *inode;
	char path[300];

	(void)flags;
	if (step(true) < 0)
		return -1;
	if (folder == AT_FDCWD) {
		snprintf(path, sizeof path, "%s", name);
	} else {
		if ((handle = handle_of(folder)) == NULL)
			return -1;
		snprintf(path, sizeof path, "%s/%s", handle->folder, name);
	}
	if ((inode = disk_find(path)) != NULL)
		return status_of(inode, status);
	errno = ENOENT;
	return -1;
}

int __wrap_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode)
{
	(void)path, (void)mode;
	errno = EEXIST;
	return -1;
}

int __wrap_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to)
{
	return step(true) < 0 ? -1 : disk_rename(from, to);
}

int __wrap_renameat(int from_folder, const char *from, int to_folder, const char *to);
int __wrap_renameat(int from_folder, const char *from, int to_folder, const char *to)
{
	const struct handle *one, *other;
	char old[300], new[300];

	if (step(true) < 0 || (one = handle_of(from_folder)) == NULL || (other = handle_of(to_folder)) == NULL)
		return -1;
	snprintf(old, sizeof old, "%s/%s", one->folder, from);
	snprintf(new, sizeof new, "%s/%s", other->folder, to);
	return disk_rename(old, new);
}

int __wrap_flock(int fd, int operation);
int __wrap_flock(int fd, int operation)
{
	struct handle *handle;

	(void)operation;
	if (step(true) < 0 || (handle = handle_of(fd)) == NULL)
		return -1;
	if (handle->inode->lock == NULL || handle->inode->lock == handle) {
		handle->inode->lock = handle;
		return 0;
	}
	errno = EWOULDBLOCK;
	return -1;
}

/* A stream over a file of ours: for reading, which is all that is asked for. */
static ssize_t stream_read(void *cookie, char *bytes, size_t length)
{
	return __wrap_read((int)(intptr_t)cookie, bytes, length);
}

static int stream_close(void *cookie)
{
	return __wrap_close((int)(intptr_t)cookie);
}

FILE *__real_fdopen(int fd, const char *mode);
FILE *__wrap_fdopen(int fd, const char *mode);
FILE *__wrap_fdopen(int fd, const char *mode)
{
	const cookie_io_functions_t functions = {.read = stream_read, .close = stream_close};

	return fd < FIRST_FD ? __real_fdopen(fd, mode) : fopencookie((void *)(intptr_t)fd, mode, functions);
}
