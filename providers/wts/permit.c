/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/wts/permit.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lib/base/trust.h"
#include "lib/config/config.h"
#include "lib/config/config_load.h"
#include "providers/registry.h"

#define CONFIGURATION CURFEW_SYSCONFDIR "/curfew/curfew.conf"
#define SCHEME        "wts:"

int address_split(const char *address, const char **path, const char **server, struct arena *arena, struct error *error)
{
	const char *mark = strchr(address, '#');

	*path = mark != NULL ? arena_strndup(arena, address, (size_t)(mark - address)) : address;
	*server = mark != NULL ? mark + 1 : NULL;
	if ((*path)[0] != '/' || (mark != NULL && mark[1] == '\0')) {
		error_set(error, ERROR_USAGE, STEP_OPEN, "wts:%.100s names no module by its absolute path", address);
		return error_hint(error, "write wts:/path/module.so, or wts:/path/module.so#SERVER");
	}
	return 0;
}

static bool part_names(const struct config_part *part, const char *path)
{
	size_t length = strlen(path);

	if (part->kind != CONFIG_TARGET)
		return false;
	for (size_t i = 0; i < part->count; i++) {
		const char *url = part->entries[i].value;

		if (strcmp(part->entries[i].key, "url") == 0 && strncasecmp(url, SCHEME, strlen(SCHEME)) == 0 &&
		    strncmp(url + strlen(SCHEME), path, length) == 0 &&
		    (url[strlen(SCHEME) + length] == '\0' || url[strlen(SCHEME) + length] == '#'))
			return true;
	}
	return false;
}

static int named_by_root(const char *path, struct arena *arena, struct error *error)
{
	struct config config = {0};

	if (config_load(&config, provider_registry, CONFIGURATION, arena, error) < 0)
		return -1;
	for (size_t i = 0; i < config.count; i++)
		if (part_names(&config.parts[i], path))
			return 0;
	error_set(error, ERROR_CONFIG, STEP_OPEN, "%s: no [target] of %s names it", path, CONFIGURATION);
	return error_hint(error, "root loads only modules that root's configuration names");
}

int module_permitted(const char *path, const char **load, struct arena *arena, struct error *error)
{
	char resolved[PATH_MAX];
	int fd;

	if (privileged() && named_by_root(path, arena, error) < 0)
		return -1;
	if ((fd = trusted_open(path, false, error)) < 0)
		return -1;
	close(fd);
	if (realpath(path, resolved) == NULL)
		return error_errno(error, errno, STEP_OPEN, "%s", path);
	*load = arena_strdup(arena, resolved);
	return 0;
}
