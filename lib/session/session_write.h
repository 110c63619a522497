/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The JSON form as text, without a tree: the same bytes as json_dumps() makes of snapshot_to_json(), compact, for a
 * fraction of the instructions.  A worker writes its lists so.
 */
#ifndef CURFEW_SESSION_WRITE_H
#define CURFEW_SESSION_WRITE_H

#include <stdbool.h>

#include "lib/base/buffer.h"
#include "lib/session/session.h"

/* brief: a session has no provider and no host if they are the snapshot's. */
void snapshot_write(struct buffer *out, const struct snapshot *snapshot, bool brief);

#endif
