/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/terminal.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/text.h"

static FILE *terminal_open(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? NULL : fdopen(fd, "r+");
}

bool terminal_there(void)
{
	FILE *terminal = terminal_open();

	if (terminal == NULL)
		return false;
	fclose(terminal);
	return true;
}

bool terminal_confirm(const char *act, uint64_t sessions)
{
	FILE *terminal = terminal_open();
	char answer[16] = "";
	bool read;

	if (terminal == NULL)
		return false;
	fprintf(terminal, "%s %llu session%s? [y/N] ", act, (unsigned long long)sessions, sessions == 1 ? "" : "s");
	fflush(terminal);
	read = fgets(answer, sizeof answer, terminal) != NULL;
	fclose(terminal);
	answer[strcspn(answer, "\n")] = '\0';
	return read && (text_same(answer, "y") || text_same(answer, "yes"));
}
