/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/buffer.h"
#include "lib/trust.h"

#define AUDIT_FILE "audit.jsonl"

int audit_open(struct audit *audit, const struct state_dir *dir, const char *program, struct error *error)
{
	uint64_t random = 0;

	memset(audit, 0, sizeof *audit);
	audit->program = program;
	audit->caller = caller_uid();
	audit->fd = state_file_open(dir, AUDIT_FILE, O_RDWR | O_APPEND, error);
	if (audit->fd < 0)
		return -1;
	(void)!getrandom(&random, sizeof random, 0);
	snprintf(audit->run, sizeof audit->run, "%llx-%x-%08llx", (unsigned long long)clock_now(), (unsigned)getpid(),
	         (unsigned long long)(random & 0xffffffffu));
	return 0;
}

void audit_close(struct audit *audit)
{
	if (audit->fd >= 0)
		close(audit->fd);
	audit->fd = -1;
}

/* A line that a killed writer left unfinished gets its newline, so that ours stands alone. */
static bool last_line_whole(int fd)
{
	struct stat status;
	char last;

	return fstat(fd, &status) < 0 || status.st_size == 0 ||
	       (pread(fd, &last, 1, status.st_size - 1) == 1 && last == '\n');
}

static int write_line(int fd, const char *line, size_t length)
{
	while (length > 0) {
		ssize_t written = write(fd, line, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return -1;
		line += written;
		length -= (size_t)written;
	}
	return 0;
}

int audit_note(struct audit *audit, const char *event, json_t *fields, struct error *error)
{
	json_t *line = json_object();
	struct buffer whole = {0};
	char time[TIME_TEXT_SIZE], *text;
	int result;

	time_format(time, sizeof time, clock_now());
	json_object_set_new(line, "time", json_string(time));
	json_object_set_new(line, "event", json_string(event));
	json_object_set_new(line, "run", json_string(audit->run));
	json_object_set_new(line, "program", json_string(audit->program));
	json_object_set_new(line, "uid", json_integer(audit->caller));
	json_object_set_new(line, "pid", json_integer(getpid()));
	json_object_update(line, fields);
	json_decref(fields);
	text = json_dumps(line, JSON_COMPACT);
	json_decref(line);
	if (text == NULL)
		return error_set(error, ERROR_SYSTEM, STEP_NONE, "an audit line cannot be written as JSON");
	buffer_printf(&whole, "%s%s\n", last_line_whole(audit->fd) ? "" : "\n", text);
	free(text);
	audit->unsynced = true;
	result = write_line(audit->fd, buffer_text(&whole), whole.length);
	buffer_free(&whole);
	if (result < 0)
		return error_errno(error, errno, STEP_NONE, "cannot write the audit");
	return 0;
}

int audit_sync(struct audit *audit, struct error *error)
{
	if (audit->unsynced && fdatasync(audit->fd) < 0)
		return error_errno(error, errno, STEP_NONE, "cannot write the audit");
	audit->unsynced = false;
	return 0;
}

int audit_write(struct audit *audit, const char *event, json_t *fields, struct error *error)
{
	return audit_note(audit, event, fields, error) < 0 ? -1 : audit_sync(audit, error);
}

int audit_lock(struct audit *audit, const struct deadline *deadline, struct error *error)
{
	const struct timespec pause = {.tv_nsec = 5 * 1000000};

	while (flock(audit->fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return error_errno(error, errno, STEP_NONE, "cannot lock the audit");
		if (deadline_passed(deadline))
			return error_set(error, ERROR_TIMEOUT, STEP_NONE, "the audit is locked by another run");
		nanosleep(&pause, NULL);
	}
	return 0;
}

void audit_unlock(struct audit *audit)
{
	flock(audit->fd, LOCK_UN);
}
