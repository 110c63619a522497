/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A deployment with several brokers (high availability): each has the sessions, and one alone, the active management
 * server, has the collections.  Each says which one it is (Win32_RDMSEnvironment, GetActiveServer).
 */
#ifndef CURFEW_PROVIDERS_RDS_ACTIVE_H
#define CURFEW_PROVIDERS_RDS_ACTIVE_H

#include <stdbool.h>

#include "lib/base/error.h"
#include "providers/rds/broker.h"

/*
 * Selects a broker: the active one if the target names it, else the first that answers. broker->error: none answers,
 * or the login was refused (then no other is tried). then may be called at once.
 */
void active_find(struct broker *broker, void (*then)(struct broker *broker));

/* If the selected broker does not answer, selects the one that named it. false: it was that one, or it answers. */
bool active_lost(struct broker *broker, const struct error *error);

#endif
