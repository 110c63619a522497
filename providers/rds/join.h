/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a broker lists and what the session hosts themselves say, put together.  Pure.
 *
 * The host decides: a session is what it says it is, or it is a ghost.
 */
#ifndef CURFEW_PROVIDERS_RDS_JOIN_H
#define CURFEW_PROVIDERS_RDS_JOIN_H

#include <stdbool.h>

#include "lib/target/provider.h"
#include "providers/rds/place.h"

/* Has the host been asked, and is it not there at all, as opposed to not letting us in? */
bool host_silent(const struct error *error);

/* The sessions of this host in the broker's snapshot become what the host's visit has them be: with births, states and
   times of the host; ghosts; or, if nobody knows, without a birth.  virtual: see roster_fill(). */
void join_host(struct snapshot *snapshot, const bool *virtual, const struct visit *host, const char *name,
               const struct place *place);

/* One notice for all the ghosts there are, and, if the hosts were asked, one for those that could not be verified. */
void join_notices(struct snapshot *snapshot, const bool *virtual, bool asked);

/* The same user?  Names have no case; a domain that is not known, or a DNS name beside a NetBIOS name, says nothing. */
bool same_user(const char *domain, const char *user, const struct session *session);

#endif
