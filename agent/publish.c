/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/block.h"

enum { MODE = S_IRUSR | S_IWUSR | S_IRGRP };

static int name_beside(char name[PATH_MAX], const char *path, struct error *error)
{
	if ((size_t)snprintf(name, PATH_MAX, "%s.new", path) >= PATH_MAX)
		return error_set(error, ERROR_SYSTEM, STEP_NONE, "the name of the snapshot file is too long");
	return 0;
}

int publish_write(const char *path, const struct packed *packed, struct error *error)
{
	char name[PATH_MAX];
	int fd, result;

	if (name_beside(name, path, error) < 0)
		return -1;
	unlink(name); /* of a poll that was ended */
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, MODE);
	if (fd < 0)
		return error_errno(error, errno, STEP_NONE, "%s", name);
	result = packed_write(packed, fd, error);
	if (result == 0 && fchmod(fd, MODE) < 0) /* whatever the umask is */
		result = error_errno(error, errno, STEP_NONE, "%s", name);
	if (close(fd) < 0 && result == 0)
		result = error_errno(error, errno, STEP_NONE, "%s", name);
	if (result < 0)
		unlink(name);
	return result;
}

int publish_show(const char *path, struct error *error)
{
	char name[PATH_MAX];

	if (name_beside(name, path, error) < 0)
		return -1;
	return rename(name, path) == 0 ? 0 : error_errno(error, errno, STEP_NONE, "%s", path);
}

void publish_failures(const char *path, uint32_t failures)
{
	int fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)!pwrite(fd, &failures, sizeof failures, offsetof(struct block_header, failures));
	close(fd);
}

void publish_remove(const char *path)
{
	struct error ignored = {0};
	char name[PATH_MAX];

	unlink(path);
	if (name_beside(name, path, &ignored) == 0)
		unlink(name);
}
