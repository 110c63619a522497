/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Follows an audit (doc/audit.md) that other processes write: from its end at the start, over rotations.  It never
 * waits, and takes so much at once that SNMP is answered meanwhile.
 */
#ifndef CURFEW_AUDIT_TAIL_H
#define CURFEW_AUDIT_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"

struct tail_file {
	int fd; /* -1: none */
	off_t offset;
	struct buffer part; /* the begin of a line whose end has not come */
};

struct audit_tail {
	const char *path;
	struct tail_file now;
	struct tail_file former; /* rotated away: handlers that were at work write their last lines there */
	struct deadline leave;   /* the former one */
	bool failing;            /* said once */
};

typedef void audit_line(void *context, const char *line, size_t length);

/* The path must live on.  A file that is not there yet is read from its begin when it comes. */
void audit_tail_open(struct audit_tail *tail, const char *path);
/* Gives out the whole lines that have come.  -1 with *error: it cannot be read; it is tried again the next time. */
int audit_tail_read(struct audit_tail *tail, audit_line *take, void *context, struct error *error);
void audit_tail_close(struct audit_tail *tail);

#endif
