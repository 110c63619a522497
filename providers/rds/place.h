/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a target names: rds://BROKER[:PORT][,BROKER ...][/COLLECTION].  And whose UPN is what.  Pure. */
#ifndef CURFEW_PROVIDERS_RDS_PLACE_H
#define CURFEW_PROVIDERS_RDS_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/session/session.h"
#include "lib/target/target.h"

/* The users of this NetBIOS domain have this behind the @ of their UPN: the broker tells none. */
struct upn_suffix {
	const char *domain, *suffix;
};

/* Brokers of one deployment. */
enum { PLACE_BROKERS_MOST = 8 };

struct place {
	const char *brokers[PLACE_BROKERS_MOST]; /* BROKER[:PORT] */
	size_t broker_count;
	const char *collection; /* decoded; "": the whole deployment */
	struct upn_suffix *suffixes;
	size_t suffix_count;
	bool verify; /* ask the session hosts in every check */
};

/* Texts in the arena.  ERROR_USAGE for the address, ERROR_CONFIG for the options. */
int place_read(struct place *place, const struct target *target, struct arena *arena, struct error *error);

/* "alice@corp.example", or "" if upn-suffix lacks the domain. */
const char *place_upn(const struct place *place, const char *domain, const char *user, struct arena *arena);
/* Sets the session's upn, as one that was derived. */
void place_upn_fill(const struct place *place, struct session *session, struct arena *arena);

#endif
