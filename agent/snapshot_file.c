/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/snapshot_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { SIZE_LIMIT = 1 << 30 };

void snapshot_file_drop(struct snapshot_file *file)
{
	if (file->memory != NULL)
		munmap(file->memory, file->size);
	*file = (struct snapshot_file){.path = file->path};
}

static bool same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Nobody but its owner may have written it, and it is a file. */
static const char *judge(const struct stat *file)
{
	if (!S_ISREG(file->st_mode))
		return "no regular file";
	if ((file->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return "others than its owner can write to it";
	if (file->st_size < (off_t)sizeof(struct block_header))
		return "no snapshot";
	return file->st_size > SIZE_LIMIT ? "too large" : NULL;
}

static bool read_all(int fd, unsigned char *to, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t got = read(fd, to + done, size - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		done += (size_t)got;
	}
	return true;
}

/* The old block lives until the new one was found good. */
static const char *take(struct snapshot_file *file, int fd, size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct block block;
	const char *wrong;

	if (memory == MAP_FAILED)
		return "no memory for it";
	wrong = read_all(fd, memory, size) ? block_open(&block, memory, size) : "cannot be read";
	if (wrong == NULL)
		wrong = mprotect(memory, size, PROT_READ) < 0 ? "cannot be kept from changes" : NULL;
	if (wrong != NULL) {
		munmap(memory, size);
		return wrong;
	}
	if (file->memory != NULL)
		munmap(file->memory, file->size);
	file->memory = memory;
	file->size = size;
	block_open(&file->block, memory, size); /* a block knows where it is, so it is not copied */
	return NULL;
}

const char *snapshot_file_look(struct snapshot_file *file)
{
	struct stat now;
	const char *wrong;
	int fd;

	if (lstat(file->path, &now) < 0) {
		int error = errno;

		if (error == ENOENT)
			snapshot_file_drop(file);
		return error == ENOENT || error == EINTR ? NULL : "cannot be looked at";
	}
	if (same(&now, &file->seen))
		return NULL;
	fd = open(file->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0) {
		file->seen = now;
		return "cannot be opened";
	}
	wrong = fstat(fd, &now) < 0 ? "cannot be looked at" : judge(&now);
	file->seen = now;
	if (wrong == NULL)
		wrong = take(file, fd, (size_t)now.st_size);
	close(fd);
	return wrong;
}
