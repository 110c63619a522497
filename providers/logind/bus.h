/* SPDX-License-Identifier: GPL-3.0-or-later */
/* org.freedesktop.login1 over the system bus (systemd-logind and elogind): each call by a deadline. */
#ifndef CURFEW_PROVIDERS_LOGIND_BUS_H
#define CURFEW_PROVIDERS_LOGIND_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <systemd/sd-bus.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "providers/logind/login.h"

/* 1: connected, and logind is there.  0: no bus, or no logind on it (it is not started).  -1: it does not answer. */
int bus_open(sd_bus **bus, const struct deadline *deadline, struct error *error);

/* Every login of logind, texts in the arena, without birth, tty_input and own.  A login that ended meanwhile is left
 * out; *whole is false if another could not be read. */
int bus_list(sd_bus *bus, const struct deadline *deadline, struct arena *arena, struct login **logins, size_t *count,
             bool *whole, struct error *error);

/* One login by its exact id.  ERROR_GONE if logind says that there is none. */
int bus_find(sd_bus *bus, const char *id, enum step step, const struct deadline *deadline, struct arena *arena,
             struct login *login, struct error *error);

/* Marks the logins whose user blocks the host's sleep, shutdown or idle action ("block").  -1: it cannot be read.  A
 * logind without such a list has no inhibitors. */
int bus_inhibitors(sd_bus *bus, const struct deadline *deadline, struct login *logins, size_t count,
                   struct error *error);

/* True if an inhibitor of these words blocks one of them for a program. */
bool inhibitor_counts(const char *what, const char *mode);

int bus_terminate(sd_bus *bus, const char *id, const struct deadline *deadline, struct error *error);

#endif
