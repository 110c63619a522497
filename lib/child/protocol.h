/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The line protocol of our child processes: one JSON object a line.  The first line names the version
 * (doc/design/worker-protocol.md):
 *
 *    {"id":null,"protocol":2,"version":"0.9"}
 *
 * Worker programs and the polling process of the subagent speak it.
 */
#ifndef CURFEW_PROTOCOL_H
#define CURFEW_PROTOCOL_H

#include <jansson.h>
#include <stddef.h>

#include "lib/base/error.h"
#include "lib/child/child.h"

/* To be raised when a request or a reply changes its meaning; not for keys that readers may ignore. */
enum { PROTOCOL_VERSION = 2 };

/* The child's side.  Both write one whole line and take the reference.  0, or -1 if the reader has exited. */
int line_write(int fd, json_t *line);
int greeting_write(int fd);

/* The parent's side: queues one line; takes the reference. */
void line_send(struct child *child, json_t *line);

/* child_move(), and checks the first line when it arrives.  -1 with *error: another version, or none. */
int line_move(struct child *child, struct error *error);

#endif
