/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the file of a configuration, and checks every value in it. */
#ifndef CURFEW_CONFIG_LOAD_H
#define CURFEW_CONFIG_LOAD_H

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/config/config.h"

/* The configuration file that is read without --config: CURFEW_SYSCONFDIR/curfew/curfew.conf.  An unprivileged user
 * may name another in $CURFEW_CONFIG. */
const char *config_default(void);

/* Reads the whole file and checks every value.  providers is what its targets may be of.  With euid 0 the file and
 * every folder above it must belong to root and be writable only by root (lib/base/trust.h).  A file that everybody can
 * write to is always refused. */
int config_load(struct config *config, const struct provider *const providers[], const char *path, struct arena *arena,
                struct error *error);

#endif
