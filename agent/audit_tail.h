/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Follows an audit (doc/audit.md) that other processes write: from its end at the start, over rotations.  It never
 * waits, and reads at most so much at once that SNMP requests are answered meanwhile.
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
	struct tail_file former; /* the rotated file: handlers that were running write their last lines there */
	struct deadline leave;   /* the former one */
	bool failing;            /* the error was reported */
};

typedef void audit_line(void *context, const char *line, size_t length);

/* The path must stay valid.  A file that does not exist yet is read from its beginning when it appears. */
void audit_tail_open(struct audit_tail *tail, const char *path);
/* Calls back for each complete new line.  -1 with *error: it cannot be read; the next call tries again. */
int audit_tail_read(struct audit_tail *tail, audit_line *take, void *context, struct error *error);
void audit_tail_close(struct audit_tail *tail);

#endif
