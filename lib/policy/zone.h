/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A time zone by its IANA name, "Europe/Berlin", from the system's database (TZif, RFC 8536).  glibc converts only for
 * the one zone of the process (TZ), so GLib reads the file; what is read is never changed, and threads may share it.
 */
#ifndef CURFEW_ZONE_H
#define CURFEW_ZONE_H

#include <stdint.h>

#include "lib/base/error.h"

struct zone;

/* NULL, with ERROR_CONFIG, if the system has no such zone.  Of the names that GLib takes only those that
   zone_name_plausible() (lib/policy/zone_name.h) allows come here: no path, no offset, no TZ rule. */
struct zone *zone_open(const char *name, struct error *error);
void zone_close(struct zone *zone); /* NULL is allowed */

/* ms that the zone's clock is ahead of UTC at this moment (ms since the epoch). */
int64_t zone_offset(const struct zone *zone, int64_t at);

/* The last noon on the zone's clock that is not after this moment. */
int64_t zone_noon(const struct zone *zone, int64_t at);

#endif
