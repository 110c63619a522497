/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a privileged program may trust.  No program of Curfew is setuid, but the handlers run as root through sudo,
 * started by an ordinary account.
 */
#ifndef CURFEW_TRUST_H
#define CURFEW_TRUST_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"

/* Call this first in every main().  With euid 0 it clears the environment but for PATH (set to the system's), TERM,
 * SUDO_UID, DOAS_USER and STATE_DIRECTORY.  It sets umask 077; resets SIGPIPE and SIGCHLD, ignores SIGXFSZ, unblocks
 * all signals; raises the limits on file size, processor time and memory as far as allowed (root: removes them), and
 * disables core dumps; closes descriptors above 2, and opens 0, 1 and 2; where that fails, it ends
 * the program with status 3. */
void process_harden(void);
bool privileged(void); /* euid 0 */

/* The uid of the account that asked: SUDO_UID for root under sudo, else the real uid. */
unsigned caller_uid(void);

/* Opens a file for reading.  With euid 0 root must own it and every folder above it, and only root may write to them
 * (a sticky folder of root's may be writable).  secret: for every caller, mode 0600 or stricter, and the caller's
 * own file.  Returns a descriptor or -1. */
int trusted_open(const char *path, bool secret, struct error *error);

/* Checks, for every caller, that root owns the file and every folder above it, and that only root can write to them.
 * 0 or -1. */
int root_alone_writes(const char *path, struct error *error);
/* The same check of the folders above the file alone. */
int root_alone_writes_above(const char *path, struct error *error);

/* The folder of the worker programs: the compiled-in libexecdir, or $CURFEW_LIBEXECDIR if not privileged. */
const char *libexec_dir(void);
/* The path of the helper program NAME: in libexec_dir(); or, if not privileged and it is neither installed nor set
 * otherwise, in providers/FOLDER of the build tree of this program. */
int helper_path(char *path, size_t size, const char *folder, const char *name, struct error *error);
/* The same, and checks that it exists and can be run.  With euid 0, also that only root can have put it there; path
 * is then without symbolic links, and must be run by that name. */
int helper_find(char path[PATH_MAX], const char *folder, const char *name, struct error *error);

#endif
