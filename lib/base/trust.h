/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a privileged program may believe.  Nothing of Curfew is ever setuid, but
 * the handlers run as root through sudo, started by an ordinary account.
 */
#ifndef CURFEW_TRUST_H
#define CURFEW_TRUST_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"

/* First thing in every main(): with euid 0 the environment is cleared but for PATH (set to the
   system's), TERM, SUDO_UID, DOAS_USER and STATE_DIRECTORY; umask 077; SIGPIPE and SIGCHLD reset, SIGXFSZ ignored, no
   signal blocked; limits on file size, processor time and memory raised as far as we may (root: gone), no core;
   descriptors above 2 closed, 0-2 opened. */
void process_harden(void);
bool privileged(void); /* euid 0 */

/* The uid of the account that asked: SUDO_UID for root under sudo, else the real uid. */
unsigned caller_uid(void);

/* Opens a file for reading.  With euid 0: it and every folder above it must belong to root and be
   writable by root only (a sticky folder of root's may be writable).  secret: also mode 0600 or
   stricter, and the caller's own, whoever runs.  Returns a descriptor or -1. */
int trusted_open(const char *path, bool secret, struct error *error);

/* Do the file and every folder above it belong to root, and can only root write to them?  Whoever runs.  0 or -1. */
int root_alone_writes(const char *path, struct error *error);
/* The same of the folders above alone. */
int root_alone_writes_above(const char *path, struct error *error);

/* Where worker programs are: the compiled-in libexecdir; CURFEW_LIBEXECDIR if not privileged. */
const char *libexec_dir(void);
/* Where the helper program NAME is: in libexec_dir(), or, if not privileged and neither installed nor
   set otherwise, in providers/FOLDER of the build tree that this program stands in. */
int helper_path(char *path, size_t size, const char *folder, const char *name, struct error *error);
/* The same, and it is there and can be run; with euid 0 only root can have put it there, and path is without any link:
   run that very name. */
int helper_find(char path[PATH_MAX], const char *folder, const char *name, struct error *error);

#endif
