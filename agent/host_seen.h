/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * When the hosts of the table were seen, over a restart of the agent: the file "agent-seen" in the state folder, so
 * that a pool's host without a session keeps its row.  {"7":1795322582000}: index, and ms since the epoch.  It is
 * written when a time has moved by a part of --keep-hosts, and has the hosts that have a row: one that has left does
 * not come back.
 */
#ifndef CURFEW_HOST_SEEN_H
#define CURFEW_HOST_SEEN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "agent/rows.h"
#include "lib/act/state.h"
#include "lib/base/error.h"

struct host_seen {
	json_t *times; /* NULL: nothing is known; freed with the process of the poll */
};

/* A file that cannot be read is none: the times are a help, no more. */
void host_seen_load(struct host_seen *seen, const struct state_dir *dir);
bool host_seen_at(const struct host_seen *seen, uint32_t index, int64_t *when);

/* The times of these rows, if it is time to write them. */
int host_seen_save(const struct host_seen *before, const struct state_dir *dir, const struct rows *rows, int64_t keep,
                   struct error *error);

#endif
