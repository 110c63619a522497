/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What enforce_sessions would do about sessions that the caller has listed: for the check, which never acts.  It reads
 * the ledger, or with --remember records the lists in it.  Without a ledger no warning was given, and every session is
 * seen for the first time.
 */
#ifndef CURFEW_ENFORCE_FORESEE_H
#define CURFEW_ENFORCE_FORESEE_H

#include <stddef.h>

#include "lib/base/error.h"
#include "lib/config/settings.h"
#include "lib/report/foresight.h"
#include "lib/target/provider.h"

struct foreseer;

/* Opens the policies that --policy names.  If the settings have no target, sets those of the policies.  -1: *foreseer
 * is NULL.  The settings must outlive it. */
int foreseer_open(struct foreseer **foreseer, struct settings *settings, struct error *error);
void foreseer_close(struct foreseer *foreseer); /* NULL is allowed */

/* *foresight belongs to the foreseer, or is NULL if only --remember was asked for. */
int foreseer_look(struct foreseer *foreseer, struct visit *visits, const struct foresight **foresight,
                  struct error *error);

#endif
