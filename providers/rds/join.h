/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Joins a broker's list with the session hosts' own lists. Pure. The session host decides: what it does not have is a
 * ghost.
 */
#ifndef CURFEW_PROVIDERS_RDS_JOIN_H
#define CURFEW_PROVIDERS_RDS_JOIN_H

#include <stdbool.h>

#include "lib/target/provider.h"
#include "providers/rds/place.h"

/* Does the host not answer at all (as opposed to refusing the login)? */
bool host_silent(const struct error *error);

/* Updates the broker's sessions on this host: births, states and times are the host's; sessions it lacks become
   ghosts; if its list is unknown they lose their birth. virtual: see roster_fill(). */
void join_host(struct snapshot *snapshot, const bool *virtual, const struct visit *host, const char *name,
               const struct place *place);

/* One notice for all the ghosts there are, and, if the hosts were asked, one for those that could not be verified. */
void join_notices(struct snapshot *snapshot, const bool *virtual, bool asked);

#endif
