/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the audit says about the last hour. */
#ifndef CURFEW_AUDIT_RECENT_H
#define CURFEW_AUDIT_RECENT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/act/audit.h"
#include "lib/act/recent.h"
#include "lib/base/error.h"

/* Adds the acts in the audit since then. */
int audit_recent(const struct audit *audit, int64_t since, struct recent *recent, struct error *error);

/* The same for lines in memory, from the first to the last.  Pure. */
void audit_count(struct recent *recent, const char *bytes, size_t length, int64_t since);

/* Reads so many bytes of the audit from an offset on; fewer only where the file ends.  -1: errno says why. */
ssize_t audit_bytes(int fd, char *bytes, size_t length, off_t start);

#endif
