/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One host, several names: "rds01", "RDS01", "rds01:445", "rds01.corp.example"
 * and its address.  Locks, allowances and plans go by one of them.
 *
 * Of hosts that are reached by name (NAMED_BY_NETWORK) it is the resolver's
 * canonical name; an address has the name that the resolver gives it, if that
 * name leads back to it.  Where the resolver says nothing in time it is the name as
 * it was written.  Always in lower case, without the final dot and a default port.
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

/* Asks the resolver for all hosts of these lists at once, no longer than until then. */
void host_names_resolve(struct host_names *names, const struct visit *visits, size_t count, struct deadline deadline);
void host_names_free(struct host_names *names);

/* The canonical name; names may be NULL.  In the arena. */
const char *host_name_of(const struct host_names *names, const char *written, struct arena *arena);

/* Without the resolver: lower case, no final dot, no default port, no brackets around an IPv6 address. */
char *host_name_fold(struct arena *arena, const char *written);

/* Sessions that two targets list alike (user, id and birth) are those of one host: they stay with the target that came
   first, and visit->shared and shared_with say so.  Only of providers that are NAMED_BY_NETWORK. */
void visits_unify(struct visit *visits, size_t count);

#endif
