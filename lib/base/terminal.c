/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"

static FILE *terminal_open(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	FILE *terminal = fd < 0 ? NULL : fdopen(fd, "r+");

	if (terminal == NULL && fd >= 0)
		close(fd);
	return terminal;
}

bool terminal_there(void)
{
	FILE *terminal = terminal_open();

	if (terminal == NULL)
		return false;
	fclose(terminal);
	return true;
}

/* poll() and not read(): SA_RESTART resumes read() after a signal, but not poll().  The time limit covers a signal
 * that arrives just before the call. */
static bool answer_there(FILE *terminal, bool (*stopped)(void))
{
	enum { LOOK_UP = 500 }; /* ms */
	struct pollfd line = {fileno(terminal), POLLIN, 0};

	while (!stopped())
		if (poll(&line, 1, LOOK_UP) > 0)
			return true;
	return false;
}

bool terminal_confirm(const char *act, uint64_t sessions, bool (*stopped)(void))
{
	FILE *terminal = terminal_open();
	char answer[16] = "";
	bool read;

	if (terminal == NULL)
		return false;
	fprintf(terminal, "%s %llu session%s? [y/N] ", act, (unsigned long long)sessions, plural(sessions));
	fflush(terminal);
	read = answer_there(terminal, stopped) && fgets(answer, sizeof answer, terminal) != NULL;
	fclose(terminal);
	answer[strcspn(answer, "\n")] = '\0';
	return read && (text_same(answer, "y") || text_same(answer, "yes"));
}
