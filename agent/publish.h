/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The writing side of agent/snapshot_file.h. */
#ifndef CURFEW_PUBLISH_H
#define CURFEW_PUBLISH_H

#include <stdint.h>

#include "agent/pack.h"
#include "lib/base/error.h"

/* For the polling process: writes the block to a temporary file, readable by the file's group.  0 or -1. */
int publish_write(const char *path, const struct packed *packed, struct error *error);
/* For the subagent: renames that file into place.  0 or -1. */
int publish_show(const char *path, struct error *error);
/* Another poll has failed: updates that number, the only one that changes in a published file. */
void publish_failures(const char *path, uint32_t failures);
/* Removes the file, because nothing is served any more.  A missing file is no error. */
void publish_remove(const char *path);

#endif
