/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What children of ours say: one JSON object a line, and the first line says in
 * which version of the protocol (doc/design/worker-protocol.md):
 *
 *   {"id":null,"protocol":2,"version":"0.9"}
 *
 * Worker programs speak it, and the polling process of the subagent.
 */
#ifndef CURFEW_PROTOCOL_H
#define CURFEW_PROTOCOL_H

#include <jansson.h>

#include "lib/base/error.h"
#include "lib/child/child.h"

/* To be raised when a request or a reply changes its meaning; keys that may be passed over do not need it. */
enum { PROTOCOL_VERSION = 2 };

/* The child's side.  Both write one line whole, take the reference, and return 0, or -1 if the reader is gone. */
int line_write(int fd, json_t *line);
int greeting_write(int fd);

/* The parent's side: queues one line; takes the reference. */
void line_send(struct child *child, json_t *line);

/* child_move(); the first line is taken and judged.  -1 with *error: it speaks another version, or does not say. */
int line_move(struct child *child, struct error *error);

#endif
