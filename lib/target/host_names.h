/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A host may have several names: "rds01", "RDS01", "rds01:445", "rds01.corp.example" and its address.  Locks,
 * allowances and plans use one of them.  For hosts that are reached by name (NAMED_BY_NETWORK) it is the resolver's
 * canonical name.  For an address it is the name that the resolver returns, if that name resolves to the address.  If
 * the resolver does not answer in time, it is the name as written.  It is always in lower case, without the final dot
 * and a default port.
 */
#ifndef CURFEW_HOST_NAMES_H
#define CURFEW_HOST_NAMES_H

#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/name_index.h"
#include "lib/target/provider.h"

struct host_names {
	struct arena arena;
	struct name_index written; /* as the lists have them */
	const char **canonical;    /* numbered as written */
	size_t allocated;
};

/* Resolves all hosts of these lists at once, up to the deadline. */
void host_names_resolve(struct host_names *names, const struct visit *visits, size_t count, struct deadline deadline);
void host_names_free(struct host_names *names);

/* The canonical name, in the arena.  names may be NULL. */
const char *host_name_of(const struct host_names *names, const char *written, struct arena *arena);

/* Normalizes without the resolver: lower case, no final dot, no default port, no brackets around an IPv6 address. */
char *host_name_fold(struct arena *arena, const char *written);

/* Finds sessions that two targets list with the same user, id and birth: they are on one host.  They stay with the
 * target that came first; visit->shared and shared_with of the other say so.  Only for providers that are
 * NAMED_BY_NETWORK. */
void visits_unify(struct visit *visits, size_t count);

#endif
