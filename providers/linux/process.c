/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/linux/process.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* The kernel's new_encode_dev(): proc(5) says that tty_nr's minor is in bits 31-20 and 7-0. */
static dev_t device_decode(unsigned number)
{
	return makedev((number >> 8) & 0xfff, (number & 0xff) | ((number >> 12) & 0xfff00));
}

/* One read of a small /proc file, which the kernel makes in one go.  Returns its length or -1. */
static ssize_t read_once(const char *path, char *text, size_t size, struct stat *status)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = -1;

	if (file < 0)
		return -1;
	if (status == NULL || fstat(file, status) == 0)
		length = read(file, text, size - 1);
	close(file);
	if (length >= 0)
		text[length] = '\0';
	return length;
}

int process_read(pid_t pid, struct process *process)
{
	char path[32], text[1024];
	const char *rest;
	struct stat status;
	int parent, session, terminal;

	if (pid <= 0)
		return -1;
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	if (read_once(path, text, sizeof text, &status) <= 0)
		return -1;
	rest = strrchr(text, ')'); /* the name before it may hold anything, ')' too */
	if (rest == NULL)
		return -1;
	memset(process, 0, sizeof *process);
	if (sscanf(rest, ") %*c %d %*d %d %d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %" SCNu64, &parent,
	           &session, &terminal, &process->start) != 4)
		return -1;
	process->pid = pid;
	process->parent = parent;
	process->session = session;
	process->terminal = device_decode((unsigned)terminal);
	process->uid = status.st_uid;
	return 0;
}

int process_hold(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

void boot_id_read(char *id, size_t size)
{
	char text[64];

	id[0] = '\0';
	if (size < BOOT_ID_SIZE ||
	    read_once("/proc/sys/kernel/random/boot_id", text, sizeof text, NULL) < BOOT_ID_SIZE - 1)
		return;
	memcpy(id, text, BOOT_ID_SIZE - 1);
	id[BOOT_ID_SIZE - 1] = '\0';
}
