/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/xrdp/cpu.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/session/session.h"
#include "providers/linux/memory.h"
#include "providers/xrdp/enumerate.h"
#include "providers/xrdp/task.h"

enum { PARENTS_MOST = 128 };

static const struct found *session_at(const struct scene *scene, pid_t pid)
{
	for (size_t i = 0; i < scene->count; i++)
		if (scene->items[i].session.pid == pid)
			return &scene->items[i];
	return NULL;
}

/* The session that the process runs below; NULL: none. */
static const struct found *session_above(const struct scene *scene, const struct task *process)
{
	const struct found *found = NULL;

	for (int steps = 0; process != NULL && found == NULL && steps < PARENTS_MOST; steps++) {
		found = session_at(scene, process->pid);
		process = process->parent > 1 ? task_find(&scene->table, process->parent) : NULL;
	}
	return found;
}

/* Its effective uid; root's if the process is not dumpable. */
static uid_t uid_of(const struct task *process)
{
	char path[32];
	struct stat folder;

	snprintf(path, sizeof path, "/proc/%d", (int)process->pid);
	return stat(path, &folder) == 0 ? folder.st_uid : 0;
}

void cpu_fill(const struct scene *scene, struct session *sessions, struct arena *arena)
{
	const int64_t ticks = sysconf(_SC_CLK_TCK), page = sysconf(_SC_PAGESIZE);
	int64_t *memory = arena_alloc(arena, (scene->count + 1) * sizeof *memory);

	if (scene->hidden || scene->count == 0 || ticks <= 0)
		return;
	for (size_t i = 0; i < scene->count; i++) {
		sessions[i].cpu_time.known = true;
		memory[i] = 0;
	}
	for (size_t i = 0; i < scene->table.count; i++) {
		const struct task *process = &scene->table.items[i];
		const struct found *above = session_above(scene, process);
		uid_t uid = uid_of(process);

		for (size_t j = 0; j < scene->count; j++) {
			if (&scene->items[j] == above || (uid != 0 && uid == scene->items[j].uid))
				sessions[j].cpu_time.length += (int64_t)process->cpu * 1000 / ticks;
			if (&scene->items[j] == above)
				memory[j] += (int64_t)process->resident * page;
		}
	}
	for (size_t i = 0; i < scene->count; i++)
		memory_fact(&sessions[i], memory[i], arena);
}
