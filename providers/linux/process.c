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
static ssize_t read_once(int folder, const char *name, char *text, size_t size)
{
	int file = openat(folder, name, O_RDONLY | O_CLOEXEC);
	ssize_t length;

	if (file < 0)
		return -1;
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
	int folder, parent, session, terminal;
	bool read;

	if (pid <= 0)
		return -1;
	snprintf(path, sizeof path, "/proc/%d", (int)pid);
	folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return -1;
	/* The folder has the process's uid; files in it belong to root if it must not be dumped. */
	read = fstat(folder, &status) == 0 && read_once(folder, "stat", text, sizeof text) > 0;
	close(folder);
	if (!read)
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

int process_hold(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

void boot_id_read(char *id, size_t size)
{
	char text[64];

	id[0] = '\0';
	if (size < BOOT_ID_SIZE ||
	    read_once(AT_FDCWD, "/proc/sys/kernel/random/boot_id", text, sizeof text) < BOOT_ID_SIZE - 1)
		return;
	memcpy(id, text, BOOT_ID_SIZE - 1);
	id[BOOT_ID_SIZE - 1] = '\0';
}
