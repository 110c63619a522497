/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/config/config_load.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/trust.h"
#include "lib/config/config.h"
#include "lib/config/config_check.h"
#include "lib/config/config_ranges.h"
#include "lib/config/config_read.h"

/* More than any real configuration, and small enough to read at once. */
enum { FILE_MOST = 16 * 1024 * 1024 };

/* Reads the whole file and adds a NUL. */
static int file_read(int fd, const char *path, char **text, size_t *length, struct error *error)
{
	size_t allocated = 64 * 1024;
	ssize_t got;

	*text = must_alloc(allocated);
	*length = 0;
	while ((got = read(fd, *text + *length, allocated - *length - 1)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(error, errno, STEP_NONE, "%s", path);
		if ((*length += (size_t)got) > FILE_MOST)
			return error_set(error, ERROR_CONFIG, STEP_NONE, "%s: larger than %d bytes", path, FILE_MOST);
		if (allocated - *length < 2)
			*text = must_realloc(*text, allocated *= 2);
	}
	(*text)[*length] = '\0';
	return 0;
}

/* Tests and users without access to /etc may name another file in the environment.  Root ignores the environment. */
const char *config_default(void)
{
	const char *other = privileged() ? NULL : getenv("CURFEW_CONFIG");

	return other != NULL && other[0] == '/' ? other : CURFEW_SYSCONFDIR "/curfew/curfew.conf";
}

/* With root's rights trusted_open() is stricter. */
static bool world_writable(int fd)
{
	struct stat status;

	return fstat(fd, &status) != 0 || (S_ISREG(status.st_mode) && (status.st_mode & S_IWOTH) != 0);
}

int config_load(struct config *config, const struct provider *const providers[], const char *path, struct arena *arena,
                struct error *error)
{
	struct error why = {0};
	char *text = NULL;
	size_t length;
	int fd, failed;

	*config = (struct config){.providers = providers, .file = arena_strdup(arena, path)};
	if ((fd = trusted_open(path, false, &why)) < 0) {
		error_set(error, why.code, STEP_NONE, "cannot read the configuration %s", why.text);
		return error_hint(error, "%s", why.hint);
	}
	if (world_writable(fd)) {
		close(fd);
		error_set(error, ERROR_CONFIG, STEP_NONE, "%s: everybody can write to it", path);
		return error_hint(error, "chmod o-w %s, and look at what it says", path);
	}
	if ((failed = file_read(fd, path, &text, &length, error)) == 0)
		failed = config_read(config, text, length, arena, error);
	close(fd);
	free(text);
	if (failed != 0 || config_expand_ranges(config, arena, error) < 0 || config_index(config, arena, error) < 0)
		return -1;
	return config_check(config, error);
}
