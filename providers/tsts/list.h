/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listing an open host: enumeration, then what is asked of each session, all in flight together. */
#ifndef CURFEW_PROVIDERS_TSTS_LIST_H
#define CURFEW_PROVIDERS_TSTS_LIST_H

#include "providers/tsts/host.h"

#include <stdbool.h>

/* When it has ended without an error the snapshot is filled.  It must outlive the operation.  Names and addresses of
   the clients cost a pipe and a call for each. */
void list_begin(struct host *host, struct snapshot *snapshot, bool clients, const struct deadline *deadline,
                struct trail *trail);

#endif
