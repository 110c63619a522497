/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The state folder of the acting account: audit.jsonl, the allowance and the locks.  It is the one that --state-dir
 * names; else $STATE_DIRECTORY, in a systemd unit that sets it; else LOCALSTATEDIR/lib/curfew for root, and
 * $XDG_STATE_HOME/curfew or ~/.local/state/curfew for others.  The folder and its files belong to the account, no other
 * account can write to them, and none of them is a symbolic link.
 *
 * Several accounts may share one folder, and so one audit, one allowance and one lock per host.  It then belongs to
 * root and to a group with these accounts, mode 2770, and so do its files.  Every member of the group can free the
 * limits of all, and block their acts.
 */
#ifndef CURFEW_STATE_H
#define CURFEW_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

struct state_dir {
	int fd;
	bool shared;
	bool reading;   /* its files may be root's, too */
	unsigned group; /* if shared */
	char path[4096];
};
/* wanted: the value of --state-dir, or NULL.  Creates the folder if needed. */
int state_dir_open(struct state_dir *dir, const char *wanted, struct error *error);
/* The same; may_share: accepts a folder that accounts share. */
int state_dir_open_as(struct state_dir *dir, const char *wanted, bool may_share, struct error *error);
/* For readers: creates nothing, and accepts root's folder as well as our own.  1: the folder does not exist. */
int state_dir_open_reading(struct state_dir *dir, const char *wanted, bool may_share, struct error *error);
/* True if another account, as which Curfew may act on the same sessions, used its own default folder since then;
 * *path is that folder.  Root looks at the account that called sudo, others look at root. */
bool state_dir_rival(int64_t since, char *path, size_t size);
void state_dir_close(struct state_dir *dir);

/* Opens a file of the folder, and creates it if it is missing.  O_NOFOLLOW | O_CLOEXEC; a regular file, ours, mode
 * 0600 (in a shared folder: its group's, 0660).  Returns a descriptor or -1. */
int state_file_open(const struct state_dir *dir, const char *name, int flags, struct error *error);
/* The same without creating it: STATE_FILE_MISSING if there is none, which is no error. */
enum { STATE_FILE_MISSING = -2 };
int state_file_open_existing(const struct state_dir *dir, const char *name, int flags, struct error *error);

#endif
