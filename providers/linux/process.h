/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One process as /proc shows it. */
#ifndef CURFEW_PROVIDERS_LINUX_PROCESS_H
#define CURFEW_PROVIDERS_LINUX_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct process {
	pid_t pid;
	pid_t parent;
	pid_t session;     /* its session leader's pid: setsid(2), not a login session */
	dev_t terminal;    /* controlling terminal; 0: none */
	uint64_t start;    /* clock ticks since boot: with the pid, unique until the next boot */
	uint64_t resident; /* pages in memory, shared ones as well; 0: unknown */
	uint64_t cpu;      /* clock ticks that it and the children that it has waited for have used */
	uid_t uid;         /* effective */
	char name[16];     /* chosen by its owner */
};

/* 0, or -1 when there is no such process or /proc hides it. */
int process_read(pid_t pid, struct process *process);

/* Parses one line of /proc/PID/stat (proc(5)): all but the uid, which is -1.  The name in it may contain anything,
 * also ')' and blanks.  0 or -1. */
int process_parse(const char *line, size_t length, struct process *process);

/* Reads the start of a small file of /proc in one read().  Returns its length, NUL-terminated, or -1. */
ssize_t small_file_read(int folder, const char *path, char *text, size_t size);

/* True if it is that process or a descendant of it. */
bool process_descends(pid_t pid, pid_t ancestor);

/* The id of this boot, 36 characters and a NUL; "" if it cannot be read.  Ticks and pids start again at each boot,
 * so every token made of them must include it. */
enum { BOOT_ID_SIZE = 37 };
void boot_id_read(char *id, size_t size);

#endif
