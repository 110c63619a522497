/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session hosts behind a broker, asked by the provider tsts in its own worker program. */
#ifndef CURFEW_PROVIDERS_RDS_HOSTS_H
#define CURFEW_PROVIDERS_RDS_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/clock.h"
#include "lib/target/provider.h"
#include "providers/rds/place.h"

/* tsts://HOST with the credentials and options that the broker's target has for its hosts.  ERROR_UNSUPPORTED if tsts
   is not built. */
int host_target(struct target *target, const struct target *broker, const char *host, struct arena *arena,
                struct error *error);

/* A broker's list whose sessions are to be verified. */
struct broker_list {
	const struct target *target;
	const struct place *place;
	struct snapshot *snapshot;
	const bool *virtual;
	unsigned needs; /* as in struct visit */
};

/* Every host of every list, all at once, by this time. */
void hosts_verify(const struct broker_list *lists, size_t count, struct deadline deadline);

/* The hosts' deadline for our own: their answers, or timeouts, must come in time for ours. */
struct deadline host_deadline(const struct deadline *deadline);

#endif
