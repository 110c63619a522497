/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One pass over all processes of /proc, and closer looks at a few.  Its owner chooses a process's name (exec of a link
 * with that name), so a name is only a hint: task_owner() and task_runs_program() verify it.
 */
#ifndef CURFEW_XRDP_TASK_H
#define CURFEW_XRDP_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/error.h"

struct task {
	pid_t pid, parent;
	uint64_t start;    /* clock ticks after boot; with pid, unique until the next boot */
	uint64_t resident; /* pages, see struct process */
	uint64_t cpu;      /* clock ticks used, see struct process */
	char name[16];
};

struct task_table {
	struct task *items; /* by pid, ascending */
	size_t count, allocated;
};

int task_table_read(struct task_table *table, struct error *error);
void task_table_free(struct task_table *table);
const struct task *task_find(const struct task_table *table, pid_t pid); /* or NULL */

int task_parse(const char *line, size_t length, struct task *task); /* as process_parse() */
int task_read(pid_t pid, struct task *task);                        /* -1: there is none */

/* The uid, if all four uids of the process are equal (those of a setuid program are not) and it is in no pid
 * namespace below ours (a container's xrdp is not this machine's).  Else -1. */
int task_owner(pid_t pid, uid_t *uid);
int task_owner_parse(const char *status, uid_t *uid); /* the text of /proc/PID/status */

/* True if the process runs the program of that name, from a file that only root can have put there.  Needs root.  A
 * file that was replaced by an upgrade is accepted. */
bool task_runs_program(pid_t pid, const char *name);

/* Fills in the inodes of its sockets and returns their number, at most limit; -1 if they are not readable. */
int task_sockets(pid_t pid, unsigned *inodes, size_t limit);

/* True if one of its arguments, after the first, ends so. */
bool task_has_argument(pid_t pid, const char *ending);

/* The N of the first argument ":N"; -1 if there is none. */
int task_display(pid_t pid);

/* ms since the epoch, to 100 ms, so that two readings agree. */
int64_t task_started(const struct task *process);

#endif
