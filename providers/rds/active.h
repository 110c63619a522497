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

/* Turns to the broker that is to be asked: the active one if it is among them, else the first that answers.  With
   broker->error none of them does, or the login was refused: then no other one is tried.  then may be called at once.
 */
void active_find(struct broker *broker, void (*then)(struct broker *broker));

/* The chosen one has gone since then: turns to the one that told of it.  false: it was that one, or it is there. */
bool active_lost(struct broker *broker, const struct error *error);

#endif
