/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The logind provider itself, for the worker programs that hold it (provider-logind, provider-local). */
#ifndef CURFEW_PROVIDERS_LOGIND_LOGIND_H
#define CURFEW_PROVIDERS_LOGIND_LOGIND_H

#include <sys/types.h>

#include "lib/target/provider.h"

extern const struct provider logind_provider;

/* The pid of the session leader of a session in the last list, or 0: with it provider-local recognises a desktop of
 * xrdp. */
pid_t logind_leader(const struct connection *connection, const char *id);

#endif
