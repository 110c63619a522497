/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tickets by a keytab.  Samba's library cannot ask for tickets with a keytab's
 * keys, so kinit does (krb5-user or heimdal-clients), into a cache of our own
 * that goes with the memory context it belongs to, and with this process,
 * however that ends.
 */
#ifndef CURFEW_PROVIDERS_TSTS_KEYTAB_H
#define CURFEW_PROVIDERS_TSTS_KEYTAB_H

#include <sys/types.h>

#include <talloc.h>

#include "lib/base/error.h"

/* Tickets that hosts have in common. */
struct tickets {
	struct tickets *next;
	const char *keytab, *principal;
	char *folder, *cache;
	pid_t keeper; /* the process that removes them, */
	int lifeline; /* when nobody holds this end of a pipe any more */
};

/* The cache ("FILE:/…") with tickets for that principal; asked for once for each pair.  NULL with *error: ERROR_CONFIG
   if the keytab cannot be trusted, ERROR_AUTH with kinit's words. */
const char *keytab_cache(struct tickets **list, const char *keytab, const char *principal, TALLOC_CTX *memory,
                         struct error *error);

#endif
