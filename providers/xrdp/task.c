/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/xrdp/task.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "providers/linux/process.h"

int task_parse(const char *line, size_t length, struct task *task)
{
	struct process process;

	if (process_parse(line, length, &process) < 0)
		return -1;
	*task = (struct task){.pid = process.pid,
	                      .parent = process.parent,
	                      .start = process.start,
	                      .resident = process.resident,
	                      .cpu = process.cpu};
	memcpy(task->name, process.name, sizeof task->name);
	return 0;
}

static int read_stat(int folder, const char *path, struct task *process)
{
	char line[1024];
	ssize_t length = small_file_read(folder, path, line, sizeof line);

	if (length <= 0)
		return -1;
	if (task_parse(line, (size_t)length, process) == 0)
		return 0;
	errno = 0;
	return -1;
}

int task_read(pid_t pid, struct task *process)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	return read_stat(AT_FDCWD, path, process);
}

static int by_pid(const void *a, const void *b)
{
	pid_t first = ((const struct task *)a)->pid, second = ((const struct task *)b)->pid;

	return (first > second) - (first < second);
}

/* Not read because it has ended, is hidden, or (0) is in no known form. */
static bool is_away(int failure)
{
	return failure == 0 || failure == ENOENT || failure == ESRCH || failure == EACCES || failure == EPERM;
}

int task_table_read(struct task_table *table, struct error *error)
{
	DIR *folder = opendir("/proc");
	struct dirent *entry;
	int failure;

	table->count = 0;
	if (folder == NULL)
		return error_set(error, ERROR_SYSTEM, STEP_LIST, "cannot read /proc");
	for (errno = 0; (entry = readdir(folder)) != NULL; errno = 0) {
		char path[32];

		if (!isdigit((unsigned char)entry->d_name[0]) || strlen(entry->d_name) > 10)
			continue;
		if (table->count == table->allocated) {
			table->allocated = table->allocated > 0 ? table->allocated * 2 : 256;
			table->items = must_realloc(table->items, table->allocated * sizeof *table->items);
		}
		snprintf(path, sizeof path, "%.10s/stat", entry->d_name);
		if (read_stat(dirfd(folder), path, &table->items[table->count]) == 0)
			table->count++;
		else if (!is_away(errno))
			break;
	}
	failure = errno;
	closedir(folder);
	if (failure != 0)
		return error_errno(error, failure, STEP_LIST, "cannot read all of /proc");
	qsort(table->items, table->count, sizeof *table->items, by_pid);
	return 0;
}

void task_table_free(struct task_table *table)
{
	free(table->items);
	memset(table, 0, sizeof *table);
}

const struct task *task_find(const struct task_table *table, pid_t pid)
{
	struct task key = {.pid = pid};

	if (table->count == 0)
		return NULL;
	return bsearch(&key, table->items, table->count, sizeof key, by_pid);
}

int task_owner_parse(const char *status, uid_t *uid)
{
	const char *line = strstr(status, "\nUid:\t"), *spaces = strstr(status, "\nNSpid:\t");
	unsigned ids[4];

	if (line == NULL || sscanf(line + 6, "%u %u %u %u", &ids[0], &ids[1], &ids[2], &ids[3]) != 4)
		return -1;
	if (ids[0] != ids[1] || ids[0] != ids[2] || ids[0] != ids[3])
		return -1;
	if (spaces != NULL) {
		size_t width = strcspn(spaces + 8, "\n");

		if (memchr(spaces + 8, '\t', width) != NULL)
			return -1;
	}
	*uid = ids[0];
	return 0;
}

int task_owner(pid_t pid, uid_t *uid)
{
	enum { SIZE = 1 << 20 }; /* 65,536 groups (NGROUPS_MAX) stand before the namespaces */
	char path[64], *text = must_alloc(SIZE);
	int result = -1;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	if (small_file_read(AT_FDCWD, path, text, SIZE) > 0)
		result = task_owner_parse(text, uid);
	free(text);
	return result;
}

bool task_runs_program(pid_t pid, const char *name)
{
	static const char deleted[] = " (deleted)";
	char path[64], target[PATH_MAX];
	const char *base;
	struct stat file;
	ssize_t length;

	snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
	if ((length = readlink(path, target, sizeof target - 1)) <= 0 || stat(path, &file) < 0)
		return false;
	target[length] = '\0';
	if ((size_t)length > sizeof deleted && strcmp(target + length - (sizeof deleted - 1), deleted) == 0)
		target[length - (ssize_t)(sizeof deleted - 1)] = '\0';
	base = strrchr(target, '/');
	return base != NULL && strcmp(base + 1, name) == 0 && file.st_uid == 0 && (file.st_mode & 022) == 0;
}

int task_sockets(pid_t pid, unsigned *inodes, size_t limit)
{
	char path[64];
	struct dirent *entry;
	size_t count = 0;
	DIR *folder;

	snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
	if ((folder = opendir(path)) == NULL)
		return -1;
	while (count < limit && (entry = readdir(folder)) != NULL) {
		char link[64];
		ssize_t length = readlinkat(dirfd(folder), entry->d_name, link, sizeof link - 1);

		if (length <= 0)
			continue;
		link[length] = '\0';
		if (sscanf(link, "socket:[%u]", &inodes[count]) == 1)
			count++;
	}
	closedir(folder);
	return (int)count;
}

bool task_has_argument(pid_t pid, const char *ending)
{
	char path[64], line[4096];
	const size_t wanted = strlen(ending);
	ssize_t length;

	snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
	if ((length = small_file_read(AT_FDCWD, path, line, sizeof line)) <= 0)
		return false;
	for (const char *word = line + strlen(line) + 1; word < line + length; word += strlen(word) + 1)
		if (strlen(word) >= wanted && strcmp(word + strlen(word) - wanted, ending) == 0)
			return true;
	return false;
}

int task_display(pid_t pid)
{
	char path[64], line[4096];
	ssize_t length;

	snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
	if ((length = small_file_read(AT_FDCWD, path, line, sizeof line)) <= 0)
		return -1;
	for (const char *word = line; word < line + length; word += strlen(word) + 1) {
		size_t digits = word[0] == ':' ? strspn(word + 1, "0123456789") : 0;

		if (digits > 0 && digits <= 5 && word[1 + digits] == '\0')
			return (int)strtol(word + 1, NULL, 10);
	}
	return -1;
}

/* Boot on the wall clock, ms since the epoch. */
static int64_t boot_time(void)
{
	struct timespec wall, boot;
	int64_t offset;

	/* The two clocks differ by a constant, but can't be read at once. */
	clock_gettime(CLOCK_BOOTTIME, &boot);
	clock_gettime(CLOCK_REALTIME, &wall);
	offset = ((int64_t)wall.tv_sec - boot.tv_sec) * 1000 + (wall.tv_nsec - boot.tv_nsec) / 1000000;
	return (offset + 50) / 100 * 100;
}

int64_t task_started(const struct task *process)
{
	return boot_time() + (int64_t)(process->start * 1000 / (uint64_t)sysconf(_SC_CLK_TCK));
}
