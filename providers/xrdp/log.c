/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/xrdp/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/text.h"

enum { TAIL = 256 * 1024, NAME_LIMIT = 64 };

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
	/* A NUL in it ends what is read of it. */
	text[length] = '\0';
	return text;
}

/* "[20261121-03:04:05] [INFO ] [pid:4711 tid:1] Connected client computer name: ws1" */
const char *client_log_name(const char *log, pid_t pid, const char *since, struct arena *arena)
{
	static const char said[] = "] Connected client computer name: ";
	const char *found = NULL;
	size_t found_length = 0;
	char tag[32];
	int tag_length = snprintf(tag, sizeof tag, "] [pid:%d tid:", (int)pid);

	for (const char *line = log, *next; *line != '\0'; line = next) {
		size_t length = strcspn(line, "\n");
		const char *at;

		next = line[length] == '\n' ? line + length + 1 : line + length;
		if (length < 64 || line[0] != '[' || strncmp(line + 1, since, strlen(since)) < 0 ||
		    strncmp(line + 26, tag, (size_t)tag_length) != 0)
			continue;
		at = line + 26 + tag_length;
		at += strspn(at, "0123456789");
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
