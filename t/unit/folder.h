/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders of a test, without a shell. */
#ifndef CURFEW_TEST_FOLDER_H
#define CURFEW_TEST_FOLDER_H

#include <errno.h>
#include <ftw.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static inline int test_remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status, (void)kind, (void)where;
	return remove(path);
}

/* With all that is in it; links are not followed.  (Not FTW_MOUNT: on an overlay a file has another device
   than its folder.)  Returns 0 or -1. */
static inline int test_folder_remove(const char *path)
{
	return nftw(path, test_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* With the folders above it.  Returns 0 or -1. */
static inline int test_folder_make(const char *path)
{
	char part[4096];

	for (const char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
		snprintf(part, sizeof part, "%.*s", slash != NULL ? (int)(slash - path) : (int)strlen(path), path);
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			return -1;
		if (slash == NULL)
			return 0;
	}
}

#endif
