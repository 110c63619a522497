/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pipes of a host, by Samba's library. */
#ifndef CURFEW_PROVIDERS_TSTS_PIPE_H
#define CURFEW_PROVIDERS_TSTS_PIPE_H

#include "providers/tsts/host.h"

#include <stdbool.h>

#include "providers/tsts/wire.h"

/* The SMB connection to host->address, and its first pipe (WIRE_ENUMERATION). */
void pipe_connect(struct host *host, void (*opened)(struct host *host, const struct error *error));
/* The session interface on that same pipe: it is behind it, too, so that no further login is needed. */
void pipe_share(struct host *host, void (*opened)(struct host *host, const struct error *error));

/* Ends the host's connection as it is: everything else of it can then be freed without waiting.  False if it cannot be
   done. */
bool pipes_hang_up(struct host *host);

/* Has the server agreed to several calls at once on that pipe?  Windows does. */
bool pipe_many_calls(const struct host *host, enum wire_interface interface);

#endif
