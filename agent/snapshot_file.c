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

/* Bytes at once, whole pages: less than a millisecond.  The fuzzer has another one. */
#ifndef SNAPSHOT_FILE_PIECE
#define SNAPSHOT_FILE_PIECE (1 << 20)
#endif

enum { SIZE_LIMIT = 1 << 30, PIECE = SNAPSHOT_FILE_PIECE };

static void piece_free(struct memory_piece *piece)
{
	if (piece->at != NULL)
		munmap(piece->at, piece->size);
	*piece = (struct memory_piece){0};
}

/* From its end. */
static void piece_shrink(struct memory_piece *piece)
{
	size_t rest = piece->size > PIECE ? piece->size - PIECE : 0;

	if (rest == 0 || munmap(piece->at + rest, piece->size - rest) < 0)
		piece_free(piece);
	else
		piece->size = rest;
}

/* No other file is on its way any more. */
static void copy_end(struct snapshot_file *file)
{
	if (file->coming.at != NULL)
		close(file->fd);
	piece_free(&file->coming);
}

void snapshot_file_drop(struct snapshot_file *file)
{
	copy_end(file);
	piece_free(&file->going);
	piece_free(&file->memory);
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

/* The block before lives until the new one was found good. */
static const char *copied(struct snapshot_file *file)
{
	struct block block;
	const char *wrong = block_open(&block, file->coming.at, file->coming.size);

	if (wrong == NULL && mprotect(file->coming.at, file->coming.size, PROT_READ) < 0)
		wrong = "cannot be kept from changes";
	if (wrong == NULL) {
		file->going = file->memory;
		file->memory = file->coming;
		file->coming.at = NULL;
		close(file->fd);
		block_open(&file->block, file->memory.at, file->memory.size); /* it knows where it is: not copied */
	}
	copy_end(file);
	return wrong;
}

static const char *copy_piece(struct snapshot_file *file)
{
	size_t rest = file->coming.size - file->copied;
	ssize_t got = read(file->fd, file->coming.at + file->copied, rest < PIECE ? rest : PIECE);

	if (got < 0 && errno == EINTR)
		return NULL;
	if (got <= 0) {
		copy_end(file);
		return "cannot be read";
	}
	file->copied += (size_t)got;
	return file->copied == file->coming.size ? copied(file) : NULL;
}

static const char *copy_begin(struct snapshot_file *file, int fd, size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED) {
		close(fd);
		return "no memory for it";
	}
	file->coming = (struct memory_piece){memory, size};
	file->fd = fd;
	file->copied = 0;
	return copy_piece(file);
}

static const char *open_other(struct snapshot_file *file, struct stat *now)
{
	int fd = open(file->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	const char *wrong;

	if (fd < 0) {
		file->seen = *now;
		return "cannot be opened";
	}
	wrong = fstat(fd, now) < 0 ? "cannot be looked at" : judge(now);
	file->seen = *now;
	if (wrong == NULL)
		return copy_begin(file, fd, (size_t)now->st_size);
	close(fd);
	return wrong;
}

const char *snapshot_file_look(struct snapshot_file *file)
{
	struct stat now;

	if (file->going.at != NULL) {
		piece_shrink(&file->going);
		return NULL;
	}
	if (file->coming.at != NULL)
		return copy_piece(file);
	if (lstat(file->path, &now) < 0) {
		int error = errno;

		if (error == ENOENT)
			*file = (struct snapshot_file){.path = file->path, .going = file->memory};
		return error == ENOENT || error == EINTR ? NULL : "cannot be looked at";
	}
	return same(&now, &file->seen) ? NULL : open_other(file, &now);
}

bool snapshot_file_busy(const struct snapshot_file *file)
{
	return file->coming.at != NULL || file->going.at != NULL;
}
