/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The login of a target: address, credentials in Samba's form, and the conditions: always signed and sealed, never
 * SMB 1.
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
struct login_file;
struct tickets;

struct access {
	const char *host; /* a name or a numeric address, without brackets */
	unsigned port;
	struct loadparm_context *parameters;
	struct cli_credentials *credentials;
	struct account account;
};

/* Samba's parameters; hosts with the same port and protocol share them. */
struct parameters {
	struct parameters *next;
	unsigned port;
	size_t protocol;
	bool kerberos; /* a host of these parameters logs in by Kerberos */
	struct loadparm_context *samba;
};

/* Shared by hosts; has a talloc context of its own. */
struct shared {
	struct parameters *parameters;
	struct tickets *tickets;
	struct login_file *login_files;
};

/* Allocates in memory; what hosts share is allocated in shared. ERROR_USAGE, ERROR_CONFIG, ERROR_AUTH. */
int access_prepare(struct access *access, const struct target *target, TALLOC_CTX *memory, struct shared *shared,
                   struct error *error);

#endif
