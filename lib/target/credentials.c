/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/target/credentials.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "lib/base/trust.h"

enum { FILE_MOST = 4096 };

/* No error text quotes the file: a malformed line may be the password. */
static int fail(const char *path, unsigned line, const char *why, struct error *error)
{
	return error_set(error, ERROR_CONFIG, STEP_NONE, "%.180s:%u: %s", path, line, why);
}

static void text_wipe(char *text)
{
	if (text != NULL)
		explicit_bzero(text, strlen(text));
	free(text);
}

void credentials_free(struct credentials *credentials)
{
	text_wipe(credentials->username);
	text_wipe(credentials->password);
	text_wipe(credentials->domain);
	memset(credentials, 0, sizeof *credentials);
}

/* As in Samba: blanks around the key and in front of the value are dropped, and blanks behind it are kept (a
 * password may end in one).  The realm is ignored. */
static int line_read(struct credentials *credentials, char *line, const char **why)
{
	char *equals = strchr(line, '='), *key = line + strspn(line, " \t"), *value, **field;
	size_t length;

	*why = "not \"username = …\", \"password = …\" or \"domain = …\"";
	if (*key == '\0' || *key == '#' || *key == ';')
		return 0;
	if (equals == NULL)
		return -1;
	*equals = '\0';
	value = equals + 1 + strspn(equals + 1, " \t");
	for (length = strlen(key); length > 0 && (key[length - 1] == ' ' || key[length - 1] == '\t'); length--)
		key[length - 1] = '\0';
	if (text_same(key, "realm"))
		return 0;
	if (text_same(key, "username"))
		field = &credentials->username;
	else if (text_same(key, "password"))
		field = &credentials->password;
	else if (text_same(key, "domain"))
		field = &credentials->domain;
	else
		return -1;
	*why = "this key was used already";
	if (*field != NULL)
		return -1;
	*why = "control characters, or not UTF-8";
	if (!text_plain(value))
		return -1;
	*field = must_strdup(value);
	return 0;
}

static int text_read(struct credentials *credentials, char *text, const char *path, struct error *error)
{
	unsigned number = 0;
	const char *why;

	for (char *line = text, *next; line != NULL; line = next) {
		size_t length;

		number++;
		if ((next = strchr(line, '\n')) != NULL)
			*next++ = '\0';
		length = strlen(line);
		if (length > 0 && line[length - 1] == '\r')
			line[length - 1] = '\0';
		if (line_read(credentials, line, &why) < 0)
			return fail(path, number, why, error);
	}
	if (credentials->username == NULL || credentials->username[0] == '\0')
		return error_set(error, ERROR_CONFIG, STEP_NONE, "%.180s: there is no username", path);
	if (credentials->password == NULL)
		return error_set(error, ERROR_CONFIG, STEP_NONE, "%.180s: there is no password", path);
	if (credentials->domain == NULL)
		credentials->domain = must_strdup("");
	return 0;
}

/* Reads at most size - 1 bytes and adds a NUL.  -1: the file is larger, has NUL bytes, or cannot be read. */
static int file_read(int fd, char *text, size_t size, const char *path, struct error *error)
{
	size_t length = 0;
	ssize_t got;

	while ((got = read(fd, text + length, size - length)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(error, errno, STEP_NONE, "%.180s", path);
		if ((length += (size_t)got) == size)
			return error_set(error, ERROR_CONFIG, STEP_NONE, "%.180s: too long for a credentials file",
			                 path);
	}
	text[length] = '\0';
	if (strlen(text) != length)
		return error_set(error, ERROR_CONFIG, STEP_NONE, "%.180s: has NUL bytes", path);
	return 0;
}

int credentials_load(struct credentials *credentials, const char *path, struct error *error)
{
	char text[FILE_MOST];
	int fd, failed;

	memset(credentials, 0, sizeof *credentials);
	if ((fd = trusted_open(path, true, error)) < 0)
		return -1;
	failed = file_read(fd, text, sizeof text, path, error);
	if (failed == 0)
		failed = text_read(credentials, text, path, error);
	explicit_bzero(text, sizeof text);
	close(fd);
	if (failed != 0)
		credentials_free(credentials);
	return failed;
}
