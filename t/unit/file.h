/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file for the length of a test, in a folder that root and the rest of us can trust. */
#ifndef CURFEW_TEST_FILE_H
#define CURFEW_TEST_FILE_H

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct test_file {
	char path[64];
};

/* The file has exactly these bytes. */
static inline void test_file_make(struct test_file *file, const char *bytes, size_t length, mode_t mode)
{
	int fd;

	snprintf(file->path, sizeof file->path, "/tmp/curfew-test-XXXXXX");
	fd = mkstemp(file->path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), (ssize_t)length);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
}

static inline void test_file_remove(struct test_file *file)
{
	unlink(file->path);
}

#endif
