/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/audit_tail.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"

enum {
	AT_ONCE = 64 * 1024,      /* bytes */
	LINE_MOST = 1024 * 1024,  /* a longer one is no line of ours */
	FORMER_TIME = 600 * 1000, /* ms */
};

/* An account that can write to the audit can forge notifications, so it must not be writable by everybody, nor a
 * symbolic link. */
static int file_open(const char *path, struct error *error)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;

	if (fd < 0)
		return errno == ENOENT ? -1 : error_errno(error, errno, STEP_NONE, "cannot read %s", path);
	if (fstat(fd, &status) < 0)
		error_errno(error, errno, STEP_NONE, "%s", path);
	else if (!S_ISREG(status.st_mode))
		error_set(error, ERROR_SYSTEM, STEP_NONE, "%s: not a regular file", path);
	else if ((status.st_mode & S_IWOTH) != 0)
		error_set(error, ERROR_SYSTEM, STEP_NONE, "%s: everybody can write to it", path);
	else
		return fd;
	close(fd);
	return -1;
}

static void file_close(struct tail_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	buffer_free(&file->part);
	*file = (struct tail_file){.fd = -1};
}

void audit_tail_open(struct audit_tail *tail, const char *path)
{
	struct error ignored = {0}; /* the first read says it */
	struct stat status;

	*tail = (struct audit_tail){.path = path, .former.fd = -1};
	tail->now.fd = file_open(path, &ignored);
	if (tail->now.fd >= 0 && fstat(tail->now.fd, &status) == 0)
		tail->now.offset = status.st_size;
}

void audit_tail_close(struct audit_tail *tail)
{
	file_close(&tail->now);
	file_close(&tail->former);
}

static void lines_take(struct tail_file *file, audit_line *take, void *context)
{
	const char *at = buffer_text(&file->part), *end = at + file->part.length, *newline;
	struct buffer rest = {0};

	while ((newline = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		take(context, at, (size_t)(newline - at));
		at = newline + 1;
	}
	if (at < end && end - at <= LINE_MOST)
		buffer_add(&rest, at, (size_t)(end - at));
	buffer_free(&file->part);
	file->part = rest;
}

/* How many bytes came; -1: it cannot be read. */
static ssize_t file_read(struct tail_file *file, audit_line *take, void *context)
{
	char bytes[AT_ONCE];
	ssize_t length;

	do
		length = pread(file->fd, bytes, sizeof bytes, file->offset);
	while (length < 0 && errno == EINTR);
	if (length <= 0)
		return length;
	buffer_add(&file->part, bytes, (size_t)length);
	file->offset += length;
	lines_take(file, take, context);
	return length;
}

/* Another file has its name now. */
static bool was_rotated(const struct audit_tail *tail)
{
	struct stat ours, named;

	return fstat(tail->now.fd, &ours) == 0 && lstat(tail->path, &named) == 0 &&
	       (ours.st_ino != named.st_ino || ours.st_dev != named.st_dev);
}

static bool was_cut(const struct tail_file *file)
{
	struct stat status;

	return fstat(file->fd, &status) == 0 && status.st_size < file->offset;
}

static void former_read(struct audit_tail *tail, audit_line *take, void *context)
{
	if (tail->former.fd >= 0 && file_read(&tail->former, take, context) <= 0 && deadline_passed(&tail->leave))
		file_close(&tail->former);
}

int audit_tail_read(struct audit_tail *tail, audit_line *take, void *context, struct error *error)
{
	ssize_t length;

	former_read(tail, take, context);
	if (tail->now.fd < 0)
		tail->now.fd = file_open(tail->path, error);
	if (tail->now.fd < 0)
		return error->code == ERROR_NONE ? 0 : -1;
	if (was_cut(&tail->now))
		tail->now.offset = 0;
	length = file_read(&tail->now, take, context);
	if (length < 0)
		return error_errno(error, errno, STEP_NONE, "cannot read %s", tail->path);
	if (length == 0 && was_rotated(tail)) {
		file_close(&tail->former);
		tail->former = tail->now;
		tail->leave = deadline_in(FORMER_TIME);
		tail->now = (struct tail_file){.fd = -1};
	}
	return 0;
}
