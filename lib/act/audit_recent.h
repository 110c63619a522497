/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The acts of the last hour, as the audit has them. */
#ifndef CURFEW_AUDIT_RECENT_H
#define CURFEW_AUDIT_RECENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/act/audit.h"
#include "lib/act/recent.h"
#include "lib/base/error.h"

/* Adds the acts in the audit since then. */
int audit_recent(const struct audit *audit, int64_t since, struct recent *recent, struct error *error);

/* Does the audit begin before that time?  One that was rotated since then does not have all acts. */
bool audit_reaches_back(const struct audit *audit, int64_t since);

/* The same as audit_recent() for lines in memory, from the first to the last.  Pure. */
void audit_count(struct recent *recent, const char *bytes, size_t length, int64_t since);

/* Reads size bytes of the audit from an offset; fewer only at the end of the file.  -1: see errno. */
ssize_t audit_bytes(int fd, char *bytes, size_t length, off_t start);

#endif
