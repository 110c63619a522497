/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The writing side of agent/snapshot_file.h. */
#ifndef CURFEW_PUBLISH_H
#define CURFEW_PUBLISH_H

#include <stdint.h>

#include "agent/pack.h"
#include "lib/base/error.h"

/* The polling process: writes the block beside its place, readable by the file's group.  0 or -1. */
int publish_write(const char *path, const struct packed *packed, struct error *error);
/* The subagent: puts that in its place.  0 or -1. */
int publish_show(const char *path, struct error *error);
/* Another poll has failed: the one number that changes in a file that is in its place. */
void publish_failures(const char *path, uint32_t failures);
/* Nothing is served any more.  A file that is not there is none to complain of. */
void publish_remove(const char *path);

#endif
