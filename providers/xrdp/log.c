/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/xrdp/log.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/text.h"

enum { TAIL = 256 * 1024, NAME_LIMIT = 64, SECOND = 1000, LEVEL_LENGTH = 7 };

#define DIGITS "0123456789"

const char *client_log_read(const char *path, struct arena *arena)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat file;
	ssize_t length;
	char *text;

	if (fd < 0)
		return "";
	if (fstat(fd, &file) < 0 || !S_ISREG(file.st_mode)) {
		close(fd);
		return "";
	}
	text = arena_alloc(arena, TAIL + 1);
	length = pread(fd, text, TAIL, file.st_size > TAIL ? file.st_size - TAIL : 0);
	close(fd);
	if (length < 0)
		return "";
	/* A NUL ends the text that is used. */
	text[length] = '\0';
	return text;
}

/* 0.10: "[2026-11-21T03:04:05.678+0100]".  The three digits are the first ones of the microseconds without their
   leading zeroes, so no milliseconds, and are passed over. */
static const char *stamp_with_zone(const char *line, struct tm *tm)
{
	const char *rest = strptime(line, "[%Y-%m-%dT%H:%M:%S.", tm);

	if (rest == NULL)
		return NULL;
	rest += strspn(rest, DIGITS);
	if ((*rest != '+' && *rest != '-') || strspn(rest + 1, DIGITS) != 4)
		return NULL;
	return strptime(rest, "%z]", tm);
}

/* The whole seconds of the stamp before a line, and what follows it, or NULL.  0.9: "[20261121-03:04:05]", local. */
static const char *stamp_read(const char *line, int64_t *seconds)
{
	struct tm zoned = {0}, local = {.tm_isdst = -1};
	const char *rest;
	int day;

	if ((rest = stamp_with_zone(line, &zoned)) != NULL) {
		const long offset = zoned.tm_gmtoff;

		day = zoned.tm_mday;
		*seconds = (int64_t)timegm(&zoned) - offset;
		return zoned.tm_mday == day ? rest : NULL; /* February 30 became March 2 */
	}
	if ((rest = strptime(line, "[%Y%m%d-%H:%M:%S]", &local)) == NULL)
		return NULL;
	day = local.tm_mday;
	*seconds = mktime(&local);
	return local.tm_mday == day ? rest : NULL;
}

/* "STAMP [INFO ] [pid:4711 tid:1] Connected client computer name: ws1" */
const char *client_log_name(const char *log, pid_t pid, int64_t since, struct arena *arena)
{
	static const char said[] = "] Connected client computer name: ";
	const char *found = NULL;
	size_t found_length = 0;
	char tag[32];
	int tag_length = snprintf(tag, sizeof tag, "] [pid:%d tid:", (int)pid);

	for (const char *line = log, *next; *line != '\0'; line = next) {
		size_t length = strcspn(line, "\n");
		int64_t seconds;
		const char *at;

		next = line[length] == '\n' ? line + length + 1 : line + length;
		if ((at = stamp_read(line, &seconds)) == NULL || seconds < since / SECOND)
			continue;
		/* " [INFO ", the level in five letters */
		if (strcspn(at, "\n") < LEVEL_LENGTH || strncmp(at + LEVEL_LENGTH, tag, (size_t)tag_length) != 0)
			continue;
		at += LEVEL_LENGTH + tag_length;
		at += *at == '-'; /* where an address has 32 bits, xrdp takes the upper half for negative ones */
		at += strspn(at, DIGITS);
		if (strncmp(at, said, sizeof said - 1) != 0)
			continue;
		at += sizeof said - 1;
		length -= (size_t)(at - line);
		if (found != NULL && (length != found_length || memcmp(at, found, length) != 0))
			return "";
		found = at;
		found_length = length;
	}
	return found != NULL ? text_clean(arena, found, found_length, NAME_LIMIT) : "";
}
