/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/logind/members.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "lib/session/session.h"
#include "providers/linux/process.h"
#include "providers/logind/terminal.h"

enum { MEMBERS_LIMIT = 16384, TERMINALS_LIMIT = 64 };

/* systemd puts a session into its scope.  elogind puts it into a cgroup of the session's id, and since 255 into one
 * with the name of the scope, which it does not report. */
static bool belongs_to_session(const char *path, const struct login *login)
{
	const char *last = strrchr(path, '/');
	char scope[256];

	if (last == NULL || last[1] == '\0')
		return false;
	if (login->scope[0] != '\0')
		return strcmp(last + 1, login->scope) == 0;
	snprintf(scope, sizeof scope, "session-%s.scope", login->id);
	return strcmp(last + 1, login->id) == 0 || strcmp(last + 1, scope) == 0;
}

/* "HIERARCHY:CONTROLLERS:PATH" of cgroups(7): the unified one, or the named one of the session manager. */
static bool parse_line(char *line, const struct login *login, char *path, size_t size)
{
	static const struct {
		const char *controllers, *mount;
	} hierarchies[] = {{"", ""}, {"name=systemd", "/systemd"}, {"name=elogind", "/elogind"}};
	char *controllers = strchr(line, ':');
	char *place = controllers != NULL ? strchr(controllers + 1, ':') : NULL;

	if (place == NULL)
		return false;
	*place++ = '\0';
	controllers++;
	if (!belongs_to_session(place, login) || strstr(place, "/../") != NULL)
		return false;
	for (size_t i = 0; i < sizeof hierarchies / sizeof *hierarchies; i++)
		if (strcmp(controllers, hierarchies[i].controllers) == 0)
			return (size_t)snprintf(path, size, "%s%s", hierarchies[i].mount, place) < size;
	return false;
}

bool members_path(const char *cgroups, const struct login *login, char *path, size_t size)
{
	while (*cgroups != '\0') {
		size_t length = strcspn(cgroups, "\n");
		char line[1024];

		if (length < sizeof line) {
			memcpy(line, cgroups, length);
			line[length] = '\0';
			if (parse_line(line, login, path, size))
				return true;
		}
		cgroups += length + (cgroups[length] == '\n');
	}
	return false;
}

static bool members_find(const struct login *login, char *place, size_t size)
{
	char name[64], text[8192];

	snprintf(name, sizeof name, "/proc/%u/cgroup", login->leader);
	return small_file_read(AT_FDCWD, name, text, sizeof text) > 0 && members_path(text, login, place, size);
}

static FILE *members_open(const struct login *login)
{
	char name[1280], place[1024];

	if (!members_find(login, place, sizeof place))
		return NULL;
	snprintf(name, sizeof name, "/sys/fs/cgroup%s/cgroup.procs", place);
	return fopen(name, "re");
}

/* The distinct terminals of the session's processes: at most TERMINALS_LIMIT; one more is returned if some were left
 * out.  Returns the number, or -1. */
static int read_devices(const struct login *login, dev_t *devices)
{
	FILE *file = members_open(login);
	int count = 0, pid, members = 0;

	if (file == NULL)
		return -1;
	while (count <= TERMINALS_LIMIT && fscanf(file, "%d", &pid) == 1) {
		struct process process;
		int i = 0;

		if (++members > MEMBERS_LIMIT) {
			count = TERMINALS_LIMIT + 1;
			break;
		}
		if (process_read(pid, &process) != 0 || process.terminal == 0)
			continue;
		while (i < count && devices[i] != process.terminal)
			i++;
		if (i == count && count++ < TERMINALS_LIMIT)
			devices[i] = process.terminal;
	}
	fclose(file);
	return count;
}

static void add_input(struct login *login, const char *line)
{
	struct moment input = terminal_input(line);

	if (input.is == MOMENT_KNOWN && (login->tty_input.is != MOMENT_KNOWN || login->tty_input.at < input.at))
		login->tty_input = input;
}

int login_read_terminals(struct login *login, struct arena *arena)
{
	dev_t devices[TERMINALS_LIMIT];
	int count;
	char line[32];

	add_input(login, login->line);
	count = read_devices(login, devices);
	if (count > TERMINALS_LIMIT) {
		login->tty_input.is = MOMENT_UNKNOWN;
		login->idle_since = 0;
		return 0;
	}
	for (int i = 0; i < count; i++) {
		if (terminal_name(devices[i], line, sizeof line) != 0)
			continue;
		add_input(login, line);
		if (login->line[0] == '\0')
			login->line = arena_strdup(arena, line);
	}
	return count < 0 ? -1 : 0;
}

/* The number behind the key that the text begins with; -1: it does not. */
static int64_t first_number(const char *text, const char *key)
{
	unsigned long long value;
	char number[24];

	if (strncmp(text, key, strlen(key)) != 0)
		return -1;
	text += strlen(key);
	snprintf(number, sizeof number, "%.*s", (int)strcspn(text, "\n"), text);
	return number_parse(number, INT64_MAX, &value) == 0 ? (int64_t)value : -1;
}

int64_t cpu_stat_parse(const char *text)
{
	int64_t used = first_number(text, "usage_usec ");

	return used >= 0 ? used / 1000 : -1;
}

int64_t memory_stat_parse(const char *text)
{
	return first_number(text, "anon ");
}

/* What the programs of a cgroup have used and have now; -1: unknown. */
struct work {
	int64_t cpu, memory;
};

/* By the kernel's own count. */
static struct work work_counted(const char *place)
{
	char name[1280], text[4096];
	struct work work = {-1, -1};

	snprintf(name, sizeof name, "/sys/fs/cgroup%s/cpu.stat", place);
	if (small_file_read(AT_FDCWD, name, text, sizeof text) > 0)
		work.cpu = cpu_stat_parse(text);
	snprintf(name, sizeof name, "/sys/fs/cgroup%s/memory.stat", place);
	if (small_file_read(AT_FDCWD, name, text, sizeof text) > 0)
		work.memory = memory_stat_parse(text);
	return work;
}

/* For a hierarchy without cpu.stat (elogind's, cgroups of version 1).  Unknown if not every process could be read. */
static struct work members_sum(const struct login *login)
{
	const int64_t ticks = sysconf(_SC_CLK_TCK), page = sysconf(_SC_PAGESIZE);
	const struct work unknown = {-1, -1};
	FILE *file = ticks > 0 && page > 0 ? members_open(login) : NULL;
	struct work sum = {0, 0};
	int pid, members = 0;

	if (file == NULL)
		return unknown;
	while (members <= MEMBERS_LIMIT && fscanf(file, "%d", &pid) == 1) {
		struct process process;

		members++;
		if (process_read(pid, &process) != 0)
			continue;
		sum.cpu += (int64_t)process.cpu * 1000 / ticks;
		sum.memory += (int64_t)process.resident * page;
	}
	fclose(file);
	return members > 0 && members <= MEMBERS_LIMIT ? sum : unknown;
}

void login_read_work(struct login *login)
{
	char place[1024], manager[1100];
	struct work work, beside;

	if (login->leader == 0 || !members_find(login, place, sizeof place))
		return;
	work = work_counted(place);
	if (work.cpu < 0) {
		work = members_sum(login);
	} else {
		snprintf(manager, sizeof manager, "%.*s/user@%u.service", (int)(strrchr(place, '/') - place), place,
		         login->uid);
		beside = work_counted(manager);
		work.cpu += beside.cpu > 0 ? beside.cpu : 0;
		work.memory += work.memory >= 0 && beside.memory > 0 ? beside.memory : 0;
	}
	if (work.cpu >= 0)
		login->cpu_time = (struct span){true, work.cpu};
	if (work.memory >= 0)
		login->memory = (struct span){true, work.memory};
}
