/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The memory of this machine (its size, and how much is available), and that of a session. */
#ifndef CURFEW_PROVIDERS_LINUX_MEMORY_H
#define CURFEW_PROVIDERS_LINUX_MEMORY_H

#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/session/session.h"

/* Fills the snapshot's memory from /proc/meminfo; if that cannot be read, it stays unknown. */
void memory_fill(struct snapshot *snapshot);

/* The same from its text.  0, or -1: nothing is filled. */
int memory_parse(const char *meminfo, struct snapshot *snapshot);

/* Adds the fact memory=BYTES, which the ledger's history keeps; none if it is not more than 0. */
void memory_fact(struct session *session, int64_t bytes, struct arena *arena);

#endif
