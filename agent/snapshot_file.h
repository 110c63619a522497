/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The block of a snapshot as a file, for the module inside snmpd: the polling
 * process writes it beside its place, and the subagent puts it there by
 * rename(2) once it has taken the same block itself.
 *
 * The reader is a guest in snmpd.  It copies the file as soon as it is another
 * one, because a mapped file that somebody cuts short ends the process that
 * reads it.  A large file (200,000 sessions have 40 MB) is copied a piece at a time,
 * and the one before is given back likewise, so that snmpd answers in between.
 */
#ifndef CURFEW_SNAPSHOT_FILE_H
#define CURFEW_SNAPSHOT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "agent/block.h"

#define SNAPSHOT_FILE_DEFAULT "/run/curfew/snapshot"

/* Bytes; NULL: there are none. */
struct memory_piece {
	unsigned char *at;
	size_t size;
};

/* The reader's side. */
struct snapshot_file {
	const char *path;
	struct block block;         /* all zero: there is none */
	struct memory_piece memory; /* of the block */
	struct stat seen;           /* of the file that was looked at last, good or bad */
	struct memory_piece coming; /* the copy of another file, */
	int fd;                     /* that file, */
	size_t copied;              /* and so much of it */
	struct memory_piece going;  /* what is left of the memory before */
};

/* Looks whether there is another file, and takes it, or does the next piece of that.  NULL, or what is wrong with the
   new one: the old block stays then, and this is said once for each file.  Without a file there is no block. */
const char *snapshot_file_look(struct snapshot_file *file);
/* There is another piece to do: look again soon. */
bool snapshot_file_busy(const struct snapshot_file *file);
/* At once and for good. */
void snapshot_file_drop(struct snapshot_file *file);

#endif
