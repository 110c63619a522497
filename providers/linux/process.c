/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/linux/process.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* The kernel's new_encode_dev(): proc(5) says that tty_nr's minor is in bits 31-20 and 7-0. */
static dev_t device_decode(unsigned number)
{
	return makedev((number >> 8) & 0xfff, (number & 0xff) | ((number >> 12) & 0xfff00));
}

ssize_t small_file_read(int folder, const char *path, char *text, size_t size)
{
	int file = openat(folder, path, O_RDONLY | O_CLOEXEC);
	ssize_t length;

	if (file < 0)
		return -1;
	length = read(file, text, size - 1);
	close(file);
	if (length >= 0)
		text[length] = '\0';
	return length;
}

/* The number at *text, within the range; moves past it and one blank.  0 or -1. */
static int take_number(const char **text, int64_t least, int64_t most, int64_t *number)
{
	char *end;

	if (!isdigit((unsigned char)**text) && **text != '-')
		return -1;
	errno = 0;
	*number = strtoll(*text, &end, 10);
	if (errno != 0 || end == *text || *number < least || *number > most)
		return -1;
	*text = *end == ' ' ? end + 1 : end;
	return 0;
}

int process_parse(const char *line, size_t length, struct process *process)
{
	enum { TERMINAL = 7, USER_TIME = 14, CHILDREN_SYSTEM_TIME = 17, START = 22 }; /* fields, as proc(5) counts */
	char copy[1024]; /* with an end, whatever stands behind the line */
	const char *open, *close, *text = copy;
	int64_t pid, parent, group, session, terminal, start, resident = 0, ticks, cpu = 0;
	size_t name;

	if (length >= sizeof copy)
		return -1;
	memcpy(copy, line, length);
	copy[length] = '\0';
	line = copy;
	open = memchr(line, '(', length);
	close = memrchr(line, ')', length);
	if (open == NULL || close == NULL || close < open || close + 4 >= line + length ||
	    take_number(&text, 1, INT_MAX, &pid) < 0)
		return -1;
	text = close + 4; /* ") S " */
	/* A process that is being reaped has -1 for its group and session. */
	if (take_number(&text, 0, INT_MAX, &parent) < 0 || take_number(&text, -1, INT_MAX, &group) < 0 ||
	    take_number(&text, -1, INT_MAX, &session) < 0 || take_number(&text, INT_MIN, INT_MAX, &terminal) < 0)
		return -1;
	for (int field = TERMINAL + 1; field < START; field++) {
		if (field < USER_TIME || field > CHILDREN_SYSTEM_TIME) {
			if ((text = strchr(text, ' ')) == NULL)
				return -1;
			text++;
		} else {
			if (take_number(&text, 0, INT64_MAX / 4, &ticks) < 0)
				return -1;
			cpu += ticks;
		}
	}
	if (take_number(&text, 0, INT64_MAX, &start) < 0)
		return -1;
	if ((text = strchr(text, ' ')) != NULL) { /* vsize is before it */
		text++;
		if (take_number(&text, 0, INT64_MAX / 65536, &resident) < 0)
			resident = 0;
	}
	*process = (struct process){
	    .pid = (pid_t)pid,
	    .parent = (pid_t)parent,
	    .session = (pid_t)session,
	    .terminal = device_decode((unsigned)terminal),
	    .start = (uint64_t)start,
	    .resident = (uint64_t)resident,
	    .cpu = (uint64_t)cpu,
	    .uid = (uid_t)-1,
	};
	name = (size_t)(close - open - 1);
	memcpy(process->name, open + 1, name < sizeof process->name ? name : sizeof process->name - 1);
	return 0;
}

int process_read(pid_t pid, struct process *process)
{
	char path[32], text[1024];
	struct stat status;
	ssize_t length = -1;
	int folder;

	if (pid <= 0)
		return -1;
	snprintf(path, sizeof path, "/proc/%d", (int)pid);
	folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return -1;
	/* The folder has the process's uid; files in it belong to root if it must not be dumped. */
	if (fstat(folder, &status) == 0)
		length = small_file_read(folder, "stat", text, sizeof text);
	close(folder);
	if (length <= 0 || process_parse(text, (size_t)length, process) < 0)
		return -1;
	process->uid = status.st_uid;
	return 0;
}

bool process_descends(pid_t pid, pid_t ancestor)
{
	struct process process;

	for (int steps = 0; pid > 1 && ancestor > 1 && steps < 128; steps++) {
		if (pid == ancestor)
			return true;
		if (process_read(pid, &process) != 0)
			return false;
		pid = process.parent;
	}
	return false;
}

void boot_id_read(char *id, size_t size)
{
	char text[64];

	id[0] = '\0';
	if (size < BOOT_ID_SIZE ||
	    small_file_read(AT_FDCWD, "/proc/sys/kernel/random/boot_id", text, sizeof text) < BOOT_ID_SIZE - 1)
		return;
	memcpy(id, text, BOOT_ID_SIZE - 1);
	id[BOOT_ID_SIZE - 1] = '\0';
}
