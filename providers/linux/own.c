/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/linux/own.h"

#include <string.h>
#include <unistd.h>

#include "lib/base/trust.h"
#include "providers/linux/process.h"

void ancestry_read(struct ancestry *ancestry)
{
	struct process process;
	pid_t pid = getpid();

	memset(ancestry, 0, sizeof *ancestry);
	while (pid > 1 && ancestry->count < ANCESTRY_LIMIT) {
		if (process_read(pid, &process) != 0)
			return;
		ancestry->pids[ancestry->count] = pid;
		ancestry->terminals[ancestry->count] = process.terminal;
		ancestry->count++;
		pid = process.parent;
	}
}

bool ancestry_has(const struct ancestry *ancestry, pid_t pid)
{
	for (size_t i = 0; i < ancestry->count; i++)
		if (ancestry->pids[i] == pid)
			return true;
	return false;
}

bool ancestry_on_terminal(const struct ancestry *ancestry, dev_t terminal)
{
	for (size_t i = 0; terminal != 0 && i < ancestry->count; i++)
		if (ancestry->terminals[i] == terminal)
			return true;
	return false;
}

bool account_own(uid_t uid)
{
	return uid == caller_uid();
}
