/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libFuzzer's way into the reader of snapshot files, which is a guest in snmpd.  The input is what a hostile writer
 * does to the file, turn by turn, while it is looked at: the first byte says how often between two turns.  A file is
 * copied in pieces of one page here.  Whatever happens, the block that was found good stays whole until there is
 * another one, or no file.
 */
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/block.h"
#include "agent/pack.h"
#include "agent/snapshot_file.h"
#include "t/fuzz/blocks.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum turn { TURN_GOOD, TURN_RAW, TURN_CUT, TURN_MODE, TURN_REMOVE, TURN_REPLACE, TURN_OVERWRITE, TURNS };
enum { TURNS_MAX = 8, LOOKS_MAX = 16, RAW_UNIT = 8 };

static char folder[] = "/tmp/curfew-fuzz-XXXXXX";
static char path[sizeof folder + 16], other[sizeof folder + 16];

static void clean(void)
{
	unlink(path);
	rmdir(path);
	unlink(other);
	rmdir(folder);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	if (mkdtemp(folder) == NULL)
		abort();
	snprintf(path, sizeof path, "%s/snapshot", folder);
	snprintf(other, sizeof other, "%s/new", folder);
	return atexit(clean);
}

/* What is left of the input. */
struct input {
	const uint8_t *at;
	size_t size;
};

static unsigned byte_take(struct input *input)
{
	if (input->size == 0)
		return 0;
	input->size--;
	return *input->at++;
}

static const uint8_t *bytes_take(struct input *input, size_t *size)
{
	const uint8_t *at = input->at;

	if (*size > input->size)
		*size = input->size;
	input->at += *size;
	input->size -= *size;
	return at;
}

static void remove_it(void)
{
	if (unlink(path) < 0)
		rmdir(path);
}

static void put(const void *bytes, size_t size)
{
	int fd = open(other, O_WRONLY | O_CREAT | O_TRUNC, S_IRUSR | S_IWUSR | S_IRGRP);

	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size || close(fd) < 0)
		abort();
	rmdir(path);
	if (rename(other, path) < 0)
		abort();
}

static void put_changed(struct input *input)
{
	struct packed packed = block_good();
	size_t size = 3 * (size_t)(byte_take(input) % 8);
	const uint8_t *changes = bytes_take(input, &size);

	block_change(&packed, changes, size);
	put(packed.bytes, packed.size);
	free(packed.bytes);
}

static void put_raw(struct input *input)
{
	size_t size = RAW_UNIT * (size_t)byte_take(input);
	const uint8_t *bytes = bytes_take(input, &size);

	put(bytes, size);
}

static void replace(unsigned how)
{
	remove_it();
	if ((how % 3 == 0 && symlink("/etc/passwd", path) < 0) || (how % 3 == 1 && mkdir(path, S_IRWXU) < 0) ||
	    (how % 3 == 2 && mkfifo(path, S_IRUSR | S_IWUSR) < 0))
		abort();
}

static void overwrite(struct input *input)
{
	int fd = open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK);
	const unsigned at = byte_take(input) << 8 | byte_take(input);
	const uint8_t byte = (uint8_t)byte_take(input);

	if (fd < 0)
		return;
	if (pwrite(fd, &byte, 1, at) < 0)
		(void)at; /* no regular file */
	close(fd);
}

static void cut(struct input *input)
{
	const off_t size = (off_t)(byte_take(input) << 8 | byte_take(input));
	struct stat file;

	if (lstat(path, &file) == 0 && S_ISREG(file.st_mode) && truncate(path, size) < 0)
		abort();
}

static void mode(struct input *input)
{
	static const mode_t modes[] = {0640, 0644, 0660, 0646, 0600, 0};
	struct stat file;
	const mode_t to = modes[byte_take(input) % (sizeof modes / sizeof *modes)];

	if (lstat(path, &file) == 0 && S_ISREG(file.st_mode) && chmod(path, to) < 0)
		abort();
}

static void turn(struct input *input)
{
	switch ((enum turn)(byte_take(input) % TURNS)) {
	case TURN_GOOD:
		put_changed(input);
		break;
	case TURN_RAW:
		put_raw(input);
		break;
	case TURN_CUT:
		cut(input);
		break;
	case TURN_MODE:
		mode(input);
		break;
	case TURN_REMOVE:
		remove_it();
		break;
	case TURN_REPLACE:
		replace(byte_take(input));
		break;
	case TURN_OVERWRITE:
	case TURNS:
		overwrite(input);
		break;
	}
}

static void look(struct snapshot_file *file)
{
	const void *before = file->memory.at;
	const char *wrong = snapshot_file_look(file);

	if (wrong != NULL && file->memory.at != before)
		abort();
	if (file->memory.at == NULL && file->block.size > 0)
		abort();
	if (file->memory.at != before)
		block_read_all(&file->block);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = {data, size};
	struct snapshot_file file = {.path = path};
	unsigned looks = byte_take(&input) % LOOKS_MAX;

	remove_it();
	for (unsigned turns = 0; turns < TURNS_MAX && input.size > 0; turns++) {
		turn(&input);
		for (unsigned i = 0; i < looks; i++)
			look(&file);
	}
	look(&file);
	while (snapshot_file_busy(&file))
		look(&file);
	block_read_all(&file.block);
	snapshot_file_drop(&file);
	return 0;
}
