/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The block of a snapshot as a file, for the module inside snmpd: the polling
 * process writes it beside its place, and the subagent puts it there by
 * rename(2) once it has taken the same block itself.
 *
 * The reader is a guest in snmpd.  It copies the file as soon as it is another
 * one, because a mapped file that somebody cuts short ends the process that
 * reads it.
 */
#ifndef CURFEW_SNAPSHOT_FILE_H
#define CURFEW_SNAPSHOT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "agent/block.h"

#define SNAPSHOT_FILE_DEFAULT "/run/curfew/snapshot"

/* The reader's side. */
struct snapshot_file {
	const char *path;
	struct block block; /* all zero: there is none */
	void *memory;
	size_t size;
	struct stat seen; /* of the file that was looked at last, good or bad */
};

/* Looks whether there is another file, and takes it.  NULL, or what is wrong with the new one: the old block stays
   then, and this is said once for each file.  Without a file there is no block. */
const char *snapshot_file_look(struct snapshot_file *file);
void snapshot_file_drop(struct snapshot_file *file);

#endif
