/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ends of the last hour, and the limits over them: counted from what was done, not from what the product wrote. */
#ifndef CURFEW_SIMULATION_HOUR_H
#define CURFEW_SIMULATION_HOUR_H

#include <stddef.h>
#include <stdint.h>

#include "lib/config/settings.h"
#include "lib/policy/policy.h"
#include "lib/target/provider.h"
#include "t/simulation/world.h"

void hour_begin(const struct settings *settings);
/* The first policy of the file, whose noon ends a night. */
void hour_policy(const struct policy *first);
/* The process of this moment lists the target: what it is told of one of its hosts. */
void hour_listed(const struct farm_host *host, size_t users);
/* It ends a session. */
void hour_add(const struct seat *seat, enum act act);

#endif
