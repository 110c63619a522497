/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Can only root have put a file where it is?
 *
 * Needs nothing but libc and keeps nothing: the WTS module asks it in other
 * people's processes (doc/architecture.md).
 */
#ifndef CURFEW_ROOT_OWNED_H
#define CURFEW_ROOT_OWNED_H

#include <limits.h>
#include <sys/stat.h>

enum root_owned {
	ROOT_OWNED,
	ROOT_OWNED_NOT,      /* it belongs to another account */
	ROOT_OWNED_WRITABLE, /* its group or others can write it */
	ROOT_OWNED_UNKNOWN,  /* errno says why it cannot be looked at */
};

/* The file or folder itself. */
enum root_owned root_owned_status(const struct stat *status);

/* Every folder above a path that realpath(3) made.  A sticky folder of root's may be writable: what is root's in it
   stays as it is.  where: the first folder that is not root's alone, for the message. */
enum root_owned root_owned_folders(const char *resolved, char where[PATH_MAX]);

/* A program: resolved becomes the file that path stands for, without a link on the way to it.  Run that name: a link
   may belong to others, and be changed after the look.  where: as above, or the file itself. */
enum root_owned root_owned_program(const char *path, char resolved[PATH_MAX], char where[PATH_MAX]);

#endif
