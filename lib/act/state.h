/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The acting account's own folder: audit.jsonl and the locks.  What --state-dir
 * names; else $STATE_DIRECTORY, in a systemd unit that has one; else for root
 * LOCALSTATEDIR/lib/curfew, for others $XDG_STATE_HOME/curfew or
 * ~/.local/state/curfew.  It and its files belong to
 * the account, are writable by no other account and are never symbolic links.
 *
 * Several accounts may share one folder, and so have one audit, one allowance and one lock per host: it belongs to root
 * and to a group that these accounts are in, mode 2770, and so do its files, whoever made them.  Whoever is in
 * the group can free the limits of all, and block their acts.
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
/* wanted: what --state-dir says, or NULL.  Makes it if need be. */
int state_dir_open(struct state_dir *dir, const char *wanted, struct error *error);
/* The same; may_share: the folder may be one that accounts share. */
int state_dir_open_as(struct state_dir *dir, const char *wanted, bool may_share, struct error *error);
/* To read only: makes nothing, and takes root's folder as well as our own.  1: it is not there. */
int state_dir_open_reading(struct state_dir *dir, const char *wanted, bool may_share, struct error *error);
/* Has another account, as which Curfew may also act for the same people, used its own default folder since then?  Root
   asks for the account that called sudo, others ask for root.  Its path is then in *path. */
bool state_dir_rival(int64_t since, char *path, size_t size);
void state_dir_close(struct state_dir *dir);

/* O_NOFOLLOW | O_CLOEXEC, regular, ours, 0600 (in a shared folder: its group's, 0660); created if missing.  Returns a
   descriptor or -1. */
int state_file_open(const struct state_dir *dir, const char *name, int flags, struct error *error);
/* The same, and a missing file is STATE_FILE_MISSING and no error. */
enum { STATE_FILE_MISSING = -2 };
int state_file_open_existing(const struct state_dir *dir, const char *name, int flags, struct error *error);

#endif
