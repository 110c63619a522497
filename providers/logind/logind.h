/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The logind provider itself, for the worker programs that hold it (provider-logind, provider-local). */
#ifndef CURFEW_PROVIDERS_LOGIND_LOGIND_H
#define CURFEW_PROVIDERS_LOGIND_LOGIND_H

#include <sys/types.h>

#include "lib/target/provider.h"

extern const struct provider logind_provider;

/* The pid of the process that leads a session of the last list, or 0: how provider-local
   sees that a desktop of xrdp's and a login are the same. */
pid_t logind_leader(const struct connection *connection, const char *id);

#endif
