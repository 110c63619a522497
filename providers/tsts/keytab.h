/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tickets by a keytab.  Samba's library cannot ask for tickets with a keytab's
 * keys, so kinit does (krb5-user or heimdal-clients), into a cache of our own
 * that goes with the memory context it belongs to, and with this process,
 * however that ends.
 */
#ifndef CURFEW_PROVIDERS_TSTS_KEYTAB_H
#define CURFEW_PROVIDERS_TSTS_KEYTAB_H

#include <talloc.h>

#include "lib/base/error.h"
#include "lib/child/child.h"

/* Tickets that hosts have in common. */
struct tickets {
	struct tickets *next;
	const char *keytab, *principal;
	char *folder, *cache;
	struct child keeper; /* the process that removes them when the other end of its input is closed */
};

/* The cache ("FILE:/…") with tickets for that principal; asked for once for each pair.  NULL with *error: ERROR_CONFIG
   if the keytab cannot be trusted, ERROR_AUTH with kinit's words. */
const char *keytab_cache(struct tickets **list, const char *keytab, const char *principal, TALLOC_CTX *memory,
                         struct error *error);

#endif
