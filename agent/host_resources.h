/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hrSystemNumUsers of HOST-RESOURCES-MIB (RFC 2790), answered in snmpd's place.  snmpd's own counts utmp, which Debian
 * 13 and others do not keep, and is 0 for ever there.  Off unless --host-resources names the target that is this
 * machine.
 */
#ifndef CURFEW_HOST_RESOURCES_H
#define CURFEW_HOST_RESOURCES_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/table.h"
#include "lib/base/error.h"
#include "lib/config/settings.h"

/* Checks that the target of --host-resources is polled.  Returns its label, or NULL if there is no such option.  -1
 * with *error. */
int host_resources_target(const struct settings *settings, const char **label, struct error *error);

/* The number of sessions on the hosts of this target that count.  false: one of them did not answer, or there is
 * none. */
bool host_resources_users(const struct table *table, const char *label, uint32_t *users);

#endif
