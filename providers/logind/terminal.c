/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/logind/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/base/utf8.h"

/* linux/major.h */
enum { MAJOR_TTY = 4, MAJOR_PTS_FIRST = 136, MAJOR_PTS_LAST = 143 };

static bool is_terminal_device(const struct stat *status)
{
	unsigned number = major(status->st_rdev);

	return S_ISCHR(status->st_mode) &&
	       (number == MAJOR_TTY || (number >= MAJOR_PTS_FIRST && number <= MAJOR_PTS_LAST));
}

/* A name below /dev such as "pts/3" or "tty1", without "..". */
static int terminal_path(const char *line, char *path, size_t size)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/";

	if (line[0] == '\0' || line[0] == '/' || line[strspn(line, letters)] != '\0')
		return -1;
	return (size_t)snprintf(path, size, "/dev/%s", line) < size ? 0 : -1;
}

static int terminal_stat(const char *line, struct stat *status)
{
	char path[64];

	if (terminal_path(line, path, sizeof path) != 0 || lstat(path, status) != 0)
		return -1;
	return is_terminal_device(status) ? 0 : -1;
}

dev_t terminal_device(const char *line)
{
	struct stat status;

	return terminal_stat(line, &status) == 0 ? status.st_rdev : 0;
}

int terminal_name(dev_t device, char *line, size_t size)
{
	unsigned number = major(device);

	if (number == MAJOR_PTS_FIRST)
		snprintf(line, size, "pts/%u", minor(device));
	else if (number == MAJOR_TTY && minor(device) < 64)
		snprintf(line, size, "tty%u", minor(device));
	else
		return -1;
	return terminal_device(line) == device ? 0 : -1;
}

struct moment terminal_input(const char *line)
{
	struct stat status;

	if (terminal_stat(line, &status) != 0)
		return (struct moment){MOMENT_UNKNOWN, 0};
	return moment_at((int64_t)status.st_atim.tv_sec * 1000 + status.st_atim.tv_nsec / 1000000);
}

/* One line of visible characters; text_escape() would also escape what only plugin output must not hold. */
static void add_visible(struct buffer *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length;) {
		unsigned char lead = (unsigned char)text[i];
		size_t step = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
		char one[5] = "";
		struct buffer escaped = {0};

		if (lead == '\\' || lead == '|' || lead == '\t' || (lead >= 0x20 && lead < 0x7f)) {
			buffer_add(out, text + i++, 1);
			continue;
		}
		if (step > length - i || !utf8_valid(text + i, step)) {
			buffer_puts(out, "?");
			i++;
			continue;
		}
		memcpy(one, text + i, step);
		text_escape(&escaped, one);
		buffer_puts(out, buffer_text(&escaped));
		buffer_free(&escaped);
		i += step;
	}
}

void terminal_format(struct buffer *out, const char *host, const char *title, const char *text)
{
	size_t length = strnlen(text, TERMINAL_TEXT_LIMIT);

	buffer_puts(out, "\r\n\a\r\n*** Message from ");
	add_visible(out, host, strlen(host));
	if (title != NULL && title[0] != '\0') {
		buffer_puts(out, ": ");
		add_visible(out, title, strnlen(title, 256));
	}
	buffer_puts(out, " ***\r\n");
	while (length > 0) {
		const char *end = memchr(text, '\n', length);
		size_t line = end != NULL ? (size_t)(end - text) : length;
		size_t used = end != NULL ? line + 1 : line;

		add_visible(out, text, line);
		buffer_puts(out, "\r\n");
		text += used;
		length -= used;
	}
	buffer_puts(out, "\r\n");
}

/* Opened first, then checked: an open descriptor cannot be exchanged. */
static int terminal_open(const char *line, uid_t owner, struct error *error)
{
	struct stat status;
	char path[64];
	int terminal;

	if (terminal_path(line, path, sizeof path) != 0 || lstat(path, &status) != 0 || !is_terminal_device(&status))
		return error_set(error, ERROR_UNSUPPORTED, STEP_ACT, "the session has no terminal to write to");
	terminal = open(path, O_WRONLY | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (terminal < 0 && errno == EACCES) {
		error_set(error, ERROR_ACCESS, STEP_ACT, "%s cannot be written by this account", path);
		return error_hint(error, "run as root (contrib/sudoers), or as the user of the session");
	}
	if (terminal < 0)
		return error_errno(error, errno, STEP_ACT, "%s", path);
	if (fstat(terminal, &status) == 0 && is_terminal_device(&status) && isatty(terminal) && status.st_uid == owner)
		return terminal;
	close(terminal);
	return error_set(error, ERROR_CHANGED, STEP_ACT, "%s does not belong to the user of the session", path);
}

static int write_all(int terminal, const char *bytes, size_t length, const struct deadline *deadline,
                     struct error *error)
{
	while (length > 0) {
		struct pollfd ready = {.fd = terminal, .events = POLLOUT};
		ssize_t written;

		if (poll(&ready, 1, (int)deadline_left(deadline)) < 0 && errno != EINTR)
			return error_errno(error, errno, STEP_ACT, "waiting for the terminal");
		written = write(terminal, bytes, length);
		if (written < 0 && errno != EAGAIN && errno != EINTR)
			return error_errno(error, errno, STEP_ACT, "writing to the terminal");
		if (written > 0) {
			bytes += written;
			length -= (size_t)written;
		} else if (deadline_passed(deadline)) {
			error_set(error, ERROR_TIMEOUT, STEP_ACT, "the terminal takes no output");
			return error_hint(error, "its user may have stopped it with Ctrl-S");
		}
	}
	return 0;
}

int terminal_write(const char *line, uid_t owner, const char *bytes, size_t length, const struct deadline *deadline,
                   struct error *error)
{
	int terminal = terminal_open(line, owner, error);
	int result;

	if (terminal < 0)
		return -1;
	result = write_all(terminal, bytes, length, deadline, error);
	close(terminal);
	return result;
}
