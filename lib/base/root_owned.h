/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checks that only root can have put a file where it is.  Needs nothing but libc and keeps no state: the WTS module
 * uses it inside other programs (doc/architecture.md).
 */
#ifndef CURFEW_ROOT_OWNED_H
#define CURFEW_ROOT_OWNED_H

#include <limits.h>
#include <sys/stat.h>

enum root_owned {
	ROOT_OWNED,
	ROOT_OWNED_NOT,      /* it belongs to another account */
	ROOT_OWNED_WRITABLE, /* its group or others can write it */
	ROOT_OWNED_UNKNOWN,  /* it cannot be examined: errno says why */
};

/* Checks the file or folder itself. */
enum root_owned root_owned_status(const struct stat *status);

/* Checks every folder above a path that realpath(3) made.  A sticky folder may be writable if root owns it: others
 * cannot replace root's files in it.  where: the first folder that fails, for the message. */
enum root_owned root_owned_folders(const char *resolved, char where[PATH_MAX]);

/* Checks a program.  resolved: the path without symbolic links.  Run resolved, not path: another account could
 * change a link after the check.  where: as above, or the file itself. */
enum root_owned root_owned_program(const char *path, char resolved[PATH_MAX], char where[PATH_MAX]);

#endif
