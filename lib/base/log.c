/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"

static struct {
	const char *program;
	enum log_level most;
	bool to_stderr;
} where = {.program = "curfew", .most = LOG_LEVEL_INFO, .to_stderr = true};

void log_open(const char *program, enum log_level most, int to_stderr)
{
	where.program = program;
	where.most = most;
	where.to_stderr = to_stderr != 0;
	if (!where.to_stderr)
		openlog(program, LOG_PID, LOG_DAEMON);
}

static int syslog_priority(enum log_level level)
{
	switch (level) {
	case LOG_LEVEL_ERROR:
		return LOG_ERR;
	case LOG_LEVEL_WARNING:
		return LOG_WARNING;
	case LOG_LEVEL_INFO:
		return LOG_INFO;
	case LOG_LEVEL_DEBUG:
		return LOG_DEBUG;
	}
	return LOG_DEBUG;
}

void log_line(enum log_level level, const char *format, ...)
{
	struct buffer line = {0};
	va_list arguments;
	char *text;
	int length;

	if (level > where.most)
		return;
	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0)
		return;
	/* Escapes names from hosts and users, so that none of them can begin a line of its own. */
	text_escape(&line, text);
	free(text);
	if (where.to_stderr)
		fprintf(stderr, "%s: %s\n", where.program, buffer_text(&line));
	else
		syslog(syslog_priority(level), "%s", buffer_text(&line));
	buffer_free(&line);
}

/* ms: show progress only after 1 s, and at most every 100 ms. */
enum { PROGRESS_AFTER = 1000, PROGRESS_INTERVAL = 100 };

static struct {
	int64_t begun, shown_at; /* monotonic ms; 0: nothing shown yet */
} progress;

void progress_show(const char *what, unsigned long done, unsigned long of)
{
	int64_t now;

	if (!isatty(STDERR_FILENO))
		return;
	now = clock_monotonic();
	if (progress.begun == 0)
		progress.begun = now;
	if (now - progress.begun < PROGRESS_AFTER || now - progress.shown_at < PROGRESS_INTERVAL)
		return;
	progress.shown_at = now;
	fprintf(stderr, "\r\033[K%s %lu/%lu", what, done, of);
	fflush(stderr);
}

void progress_clear(void)
{
	if (progress.shown_at != 0)
		fputs("\r\033[K", stderr);
	progress.begun = progress.shown_at = 0;
}
