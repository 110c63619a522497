/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a target is logged in to: its address, its credentials as Samba wants
 * them, and the conditions: signing always, sealing always, SMB 1 never.
 */
#ifndef CURFEW_PROVIDERS_TSTS_ACCESS_H
#define CURFEW_PROVIDERS_TSTS_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

#include "lib/target/provider.h"
#include "providers/tsts/fill.h"

struct cli_credentials;
struct loadparm_context;
struct tickets;

struct access {
	const char *host; /* a name or a numeric address, without brackets */
	unsigned port;
	struct loadparm_context *parameters;
	struct cli_credentials *credentials;
	struct account account;
};

/* Samba's, by what makes them differ. */
struct parameters {
	struct parameters *next;
	unsigned port;
	size_t protocol;
	bool kerberos; /* somebody logs in by it */
	struct loadparm_context *samba;
};

/* What hosts have in common; it belongs to a talloc context of its own. */
struct shared {
	struct parameters *parameters;
	struct tickets *tickets;
};

/* Everything belongs to the given talloc context, but what is shared.  ERROR_USAGE, ERROR_CONFIG, ERROR_AUTH. */
int access_prepare(struct access *access, const struct target *target, TALLOC_CTX *memory, struct shared *shared,
                   struct error *error);

/* "rds01", "rds01:4450", "192.0.2.7", "[2001:db8::7]:445".  The host is written to a buffer of that size. */
int access_address(const char *address, char *host, size_t size, unsigned *port);

#endif
