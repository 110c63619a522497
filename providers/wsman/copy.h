/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A copy in memory of a Kerberos ticket cache in a file. MIT's library reads such a file from its start for each
 * lookup, with two locks for each ticket: a run over 100 hosts made 108,000 calls of fcntl(2). Tickets that the run
 * gets are written to the file when the process ends, as the library would have done.
 */
#ifndef CURFEW_PROVIDERS_WSMAN_COPY_H
#define CURFEW_PROVIDERS_WSMAN_COPY_H

/* The name of the copy ("MEMORY:…"), valid until the process ends; made anew if it is older than a minute. name NULL:
   the account's own cache. Returns name itself for a cache of another type, and for one that cannot be read. */
const char *copy_of_cache(const char *name);

#endif
