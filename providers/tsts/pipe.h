/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pipes of a host, by Samba's library. */
#ifndef CURFEW_PROVIDERS_TSTS_PIPE_H
#define CURFEW_PROVIDERS_TSTS_PIPE_H

#include "providers/tsts/host.h"

#include <stdbool.h>

#include "providers/tsts/wire.h"

/* The SMB connection to host->address, and its first pipe (WIRE_ENUMERATION). */
void pipe_connect(struct host *host, void (*opened)(struct host *host, const struct error *error));
/* The session interface on that same pipe, which serves it too: no further login is needed. */
void pipe_share(struct host *host, void (*opened)(struct host *host, const struct error *error));

/* Closes the host's connection, so that freeing it does not block. False if that is not possible. */
bool pipes_hang_up(struct host *host);

/* Has the server agreed to several calls at once on that pipe?  Windows does. */
bool pipe_many_calls(const struct host *host, enum wire_interface interface);

#endif
