/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --record and --replay of check_sessions. */
#ifndef CURFEW_CHECK_TAPE_H
#define CURFEW_CHECK_TAPE_H

#include <stddef.h>

#include "lib/base/buffer.h"
#include "lib/base/error.h"
#include "lib/config/settings.h"
#include "lib/target/provider.h"

/* Called before the visits: from now on the exchanges with hosts are recorded, or replayed.  The targets of a
 * recording replace those of the settings. */
int check_tape_begin(struct settings *settings, struct error *error);
/* Called after the visits: writes the recording, and reports it in out.  -1: it was not written. */
int check_tape_end(const struct settings *settings, const struct visit *visits, struct buffer *out);

#endif
