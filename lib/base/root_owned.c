/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/root_owned.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum root_owned root_owned_status(const struct stat *status)
{
	if (status->st_uid != 0)
		return ROOT_OWNED_NOT;
	return (status->st_mode & (S_IWGRP | S_IWOTH)) == 0 ? ROOT_OWNED : ROOT_OWNED_WRITABLE;
}

static enum root_owned look_at(const char *folder)
{
	struct stat status;
	enum root_owned found;

	if (stat(folder, &status) < 0)
		return ROOT_OWNED_UNKNOWN;
	found = root_owned_status(&status);
	return found == ROOT_OWNED_WRITABLE && (status.st_mode & S_ISVTX) != 0 ? ROOT_OWNED : found;
}

enum root_owned root_owned_folders(const char *resolved, char where[PATH_MAX])
{
	for (const char *slash = resolved; slash != NULL; slash = strchr(slash + 1, '/')) {
		size_t length = slash == resolved ? 1 : (size_t)(slash - resolved);
		enum root_owned found;

		memcpy(where, resolved, length);
		where[length] = '\0';
		if ((found = look_at(where)) != ROOT_OWNED)
			return found;
	}
	return ROOT_OWNED;
}

enum root_owned root_owned_program(const char *path, char resolved[PATH_MAX], char where[PATH_MAX])
{
	enum root_owned found;
	struct stat status;

	where[0] = '\0';
	if (realpath(path, resolved) == NULL)
		return ROOT_OWNED_UNKNOWN;
	if ((found = root_owned_folders(resolved, where)) != ROOT_OWNED)
		return found;
	memcpy(where, resolved, strlen(resolved) + 1);
	if (stat(resolved, &status) < 0)
		return ROOT_OWNED_UNKNOWN;
	if (S_ISREG(status.st_mode))
		return root_owned_status(&status);
	errno = EACCES;
	return ROOT_OWNED_UNKNOWN;
}
