/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which SNMP index a host has: the file "agent-hosts" in the state folder, one
 * JSON line for each, only ever appended to, so that an index is the same after
 * a restart, a reordered configuration or a crash in the middle of a line.
 *
 *   {"index":1,"url":"tsts://rds01.corp.example","host":"RDS01"}
 *
 * A target that has not answered yet has a line with host "", and its first
 * host takes that index over by a further line: the last line of an index counts.
 */
#ifndef CURFEW_HOST_INDEX_H
#define CURFEW_HOST_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/error.h"

struct host_entry {
	uint32_t index;
	const char *url;
	const char *host;
};

struct host_index {
	struct arena arena;
	struct host_entry *entries;
	size_t count, allocated;
	size_t guess;          /* targets are usually looked up in the order of their addition */
	uint32_t highest;      /* the highest index so far */
	struct buffer pending; /* lines that are not in the file yet */
};

/* Skips a line that cannot be read: a crash cut it, so its index was never served. */
int host_index_load(struct host_index *index, const struct state_dir *dir, struct error *error);
/* The index of this host; adds a new one if it has none. */
uint32_t host_index_get(struct host_index *index, const char *url, const char *host);
/* Iterates over the known hosts of a target: position 0 begins; NULL at the end. */
const struct host_entry *host_index_next(const struct host_index *index, const char *url, size_t *position);
/* Appends the new lines and waits until they are on the disk. */
int host_index_save(struct host_index *index, const struct state_dir *dir, struct error *error);
void host_index_free(struct host_index *index);

#endif
