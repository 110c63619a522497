/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a target is logged in to: its address, its credentials as Samba wants
 * them, and the conditions: signing always, sealing always, SMB 1 never.
 */
#ifndef CURFEW_PROVIDERS_TSTS_ACCESS_H
#define CURFEW_PROVIDERS_TSTS_ACCESS_H

#include <talloc.h>

#include "lib/provider.h"
#include "providers/tsts/fill.h"

struct cli_credentials;
struct loadparm_context;

struct access {
	const char *host; /* a name or a numeric address, without brackets */
	unsigned port;
	struct loadparm_context *parameters;
	struct cli_credentials *credentials;
	bool kerberos; /* and nothing else */
	struct account account;
};

/* Samba's parameters, which many hosts have in common; they belong to the talloc context that they were first made in.
 */
struct parameters {
	struct parameters *next;
	unsigned port;
	size_t protocol;
	bool kerberos; /* somebody logs in by it */
	struct loadparm_context *samba;
};

/* Everything belongs to the given talloc context, but the parameters to that of the list.  ERROR_USAGE, ERROR_CONFIG.
 */
int access_prepare(struct access *access, const struct target *target, TALLOC_CTX *memory,
                   struct parameters **parameters, TALLOC_CTX *list_memory, struct error *error);

/* "rds01", "rds01:4450", "192.0.2.7", "[2001:db8::7]:445".  The host is written to a buffer of that size. */
int access_address(const char *address, char *host, size_t size, unsigned *port);

#endif
