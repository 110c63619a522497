/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Merges several snapshots of one machine, so that each session is in the list once.  A desktop of xrdp is also a login
 * of logind (or a line of utmp).  The view of xrdp is kept, because it has the client and can disconnect it.
 */
#ifndef CURFEW_PROVIDERS_LOCAL_MERGE_H
#define CURFEW_PROVIDERS_LOCAL_MERGE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/session/session.h"

/* True if this login is the desktop, or inside it. */
typedef bool merge_same(const struct session *desktop, const struct session *login, const void *context);

/* Adds a part's sessions, except those that are in *whole already as *same* says; those lend
   the session that is kept what it did not know: own, locked.  Notices get the part's name in
   front; a part that is not complete makes the whole not complete.  Returns how many were merged. */
size_t merge_part(struct snapshot *whole, const struct snapshot *part, merge_same *same, const void *context);

/* ":10" of "xrdp:10" and ":10.0"; "" if the station is no X display. */
void station_display(const char *station, char *display, size_t size);

#endif
