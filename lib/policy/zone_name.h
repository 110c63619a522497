/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The name of a time zone, without GLib: programs that never open a zone check their configuration with it. */
#ifndef CURFEW_ZONE_NAME_H
#define CURFEW_ZONE_NAME_H

#include <stdbool.h>

/* True if it looks like "Europe/Berlin" or "UTC": no path, and no rule of its own. */
bool zone_name_plausible(const char *name);

#endif
