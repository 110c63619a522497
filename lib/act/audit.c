/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/act/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/output.h"
#include "lib/base/trust.h"

int audit_open(struct audit *audit, const struct state_dir *dir, const char *program, struct error *error)
{
	uint64_t random = 0;

	memset(audit, 0, sizeof *audit);
	audit->dir = dir;
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

/* Ends a line that a killed writer left unfinished, so that the next one is separate. */
static bool last_line_whole(int fd)
{
	struct stat status;
	char last;

	return fstat(fd, &status) < 0 || status.st_size == 0 ||
	       (pread(fd, &last, 1, status.st_size - 1) == 1 && last == '\n');
}

bool audit_event_known(const char *event)
{
	static const char *const events[] = {"plan", "refused", "limit", "intent", "result", "end"};

	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		if (strcmp(event, events[i]) == 0)
			return true;
	return false;
}

static int cannot_write(const struct audit *audit, struct error *error)
{
	return error_errno(error, errno, STEP_NONE, "cannot write %s/" AUDIT_FILE, audit->dir->path);
}

/* Checks that the next run will find this file.  A renamed file may still get the results of acts that were begun; a
 * removed one is of no use. */
static int check_place(const struct audit *audit, bool begins, struct error *error)
{
	char path[sizeof audit->dir->path + sizeof "/" AUDIT_FILE];
	struct stat ours, there;

	if (fstat(audit->fd, &ours) < 0)
		return cannot_write(audit, error);
	if (ours.st_nlink == 0) {
		error_set(error, ERROR_SYSTEM, STEP_NONE, "%s/" AUDIT_FILE " was removed while this run was under way",
		          audit->dir->path);
		return error_hint(error, "see what removes it; run again when nothing does");
	}
	if (!begins)
		return 0;
	/* By its path: the next run counts what it finds there, so the folder must be the same, too. */
	snprintf(path, sizeof path, "%s/" AUDIT_FILE, audit->dir->path);
	if (fstatat(AT_FDCWD, path, &there, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			return error_errno(error, errno, STEP_NONE, "cannot look at %s", path);
	} else if (there.st_dev == ours.st_dev && there.st_ino == ours.st_ino) {
		return 0;
	}
	error_set(error, ERROR_SYSTEM, STEP_NONE,
	          "%s/" AUDIT_FILE " was renamed or replaced while this run was under way", audit->dir->path);
	return error_hint(error, "that is harmless; run again");
}

/* Adds the newline, so that one write() takes both and no other run's line comes between.  NULL stays NULL. */
static char *line_end(char *text)
{
	size_t length;
	char *line;

	if (text == NULL)
		return NULL;
	length = strlen(text);
	line = must_alloc(length + 2);
	memcpy(line, text, length);
	line[length] = '\n';
	free(text);
	return line;
}

/* The line as it is written.  NULL: text that is not UTF-8, or no memory. */
char *audit_render(const struct audit *audit, const char *event, json_t *fields)
{
	char time[TIME_TEXT_SIZE], *text;
	json_t *line;

	time_format(time, sizeof time, clock_now());
	line = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I}", "time", time, "event", event, "run", audit->run, "program",
	                 audit->program, "uid", (json_int_t)audit->caller, "pid", (json_int_t)getpid());
	text = line != NULL && json_object_update(line, fields) == 0 ? json_dumps(line, JSON_COMPACT) : NULL;
	json_decref(line);
	return line_end(text);
}

int audit_note(struct audit *audit, const char *event, json_t *fields, struct error *error)
{
	bool begins = strcmp(event, "plan") == 0 || strcmp(event, "intent") == 0;
	char *text = audit_event_known(event) && fields != NULL ? audit_render(audit, event, fields) : NULL;
	struct buffer whole = {0};
	int result;

	json_decref(fields);
	if (text == NULL)
		return error_set(error, ERROR_SYSTEM, STEP_NONE, "an audit line (%s) cannot be written as JSON", event);
	if (begins && check_place(audit, true, error) < 0) {
		free(text);
		return -1;
	}
	buffer_printf(&whole, "%s%s", last_line_whole(audit->fd) ? "" : "\n", text);
	free(text);
	audit->unsynced = true;
	result = write_whole(audit->fd, buffer_text(&whole), whole.length);
	buffer_free(&whole);
	return result < 0 ? cannot_write(audit, error) : check_place(audit, false, error);
}

void audit_write_rendered(struct audit *audit, const char *line)
{
	if (!last_line_whole(audit->fd))
		(void)!write_whole(audit->fd, "\n", 1);
	if (write_whole(audit->fd, line, strlen(line)) == 0)
		(void)!fdatasync(audit->fd);
}

int audit_sync(struct audit *audit, struct error *error)
{
	if (audit->unsynced && fdatasync(audit->fd) < 0)
		return cannot_write(audit, error);
	audit->unsynced = false;
	return 0;
}

int audit_write(struct audit *audit, const char *event, json_t *fields, struct error *error)
{
	return audit_note(audit, event, fields, error) < 0 ? -1 : audit_sync(audit, error);
}
