/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what a module tells to a session.  Pure. */
#ifndef CURFEW_PROVIDERS_WTS_FILL_H
#define CURFEW_PROVIDERS_WTS_FILL_H

#include "lib/session/session.h"
#include "providers/wts/module.h"

/* Texts and facts stay where reported has them.  host: where the sessions are if the module does not say; account: the
 * caller's. */
void fill_reported(struct session *session, const struct reported *reported, const char *host, const char *account,
                   struct arena *arena);

#endif
