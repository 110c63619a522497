/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The acting account's own folder: audit.jsonl and the locks.  What --state-dir
 * names; else $STATE_DIRECTORY, in a systemd unit that has one; else for root
 * LOCALSTATEDIR/lib/curfew, for others $XDG_STATE_HOME/curfew or
 * ~/.local/state/curfew.  It and its files belong to
 * the account, are writable by nobody else and are never symbolic links.
 */
#ifndef CURFEW_STATE_H
#define CURFEW_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

struct state_dir {
	int fd;
	char path[4096];
};
/* wanted: what --state-dir says, or NULL.  Makes it if need be. */
int state_dir_open(struct state_dir *dir, const char *wanted, struct error *error);
/* Has another account, as which Curfew may also act for the same people, used its own default folder since then?  Root
   asks for the account that called sudo, others ask for root.  Its path is then in *path. */
bool state_dir_rival(int64_t since, char *path, size_t size);
void state_dir_close(struct state_dir *dir);

/* O_NOFOLLOW | O_CLOEXEC, regular, ours, 0600; created if missing.  Returns a descriptor or -1. */
int state_file_open(const struct state_dir *dir, const char *name, int flags, struct error *error);
/* The same, and a missing file is STATE_FILE_MISSING and no error. */
enum { STATE_FILE_MISSING = -2 };
int state_file_open_existing(const struct state_dir *dir, const char *name, int flags, struct error *error);

#endif
