/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/tape/exclusive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/output.h"
#include "lib/base/trust.h"

static int fail(const char *file, int number, struct error *error)
{
	error_set(error, ERROR_CONFIG, STEP_NONE, "%.150s: %s", file, strerror(number));
	if (number == EEXIST)
		error_hint(error, "name a file that is not there yet");
	error->native = number;
	return -1;
}

/* "FILE.XXXXXX", beside it. */
static char *beside(const char *file)
{
	const size_t size = strlen(file) + sizeof ".XXXXXX";
	char *name = must_alloc(size);

	snprintf(name, size, "%s.XXXXXX", file);
	return name;
}

/* link(2) does not replace an existing file, and does not follow a symbolic link there. */
int exclusive_write(const char *file, const char *text, size_t length, struct error *error)
{
	char *name = beside(file);
	int fd = mkostemp(name, O_CLOEXEC), number = 0;

	if (fd < 0) {
		number = errno;
	} else {
		if (fchmod(fd, S_IRUSR | S_IWUSR) < 0 || write_whole(fd, text, length) < 0 || fsync(fd) < 0 ||
		    link(name, file) < 0)
			number = errno;
		close(fd);
		unlink(name);
	}
	free(name);
	return number == 0 ? 0 : fail(file, number, error);
}

int exclusive_possible(const char *file, struct error *error)
{
	char *name = beside(file);
	struct stat there;
	int fd, number = 0;

	if (lstat(file, &there) == 0) {
		number = EEXIST;
	} else if ((fd = mkostemp(name, O_CLOEXEC)) < 0) {
		number = errno;
	} else {
		close(fd);
		unlink(name);
	}
	free(name);
	return number == 0 ? 0 : fail(file, number, error);
}

int exclusive_read(const char *file, size_t limit, struct buffer *text, struct error *error)
{
	char block[65536];
	int fd = trusted_open(file, false, error);
	ssize_t got = 0;
	int number;

	if (fd < 0)
		return -1;
	while (text->length <= limit && ((got = read(fd, block, sizeof block)) > 0 || (got < 0 && errno == EINTR)))
		if (got > 0)
			buffer_add(text, block, (size_t)got);
	number = got < 0 ? errno : 0;
	close(fd);
	if (number != 0)
		return fail(file, number, error);
	return text->length <= limit ? 0 : fail(file, EFBIG, error);
}
