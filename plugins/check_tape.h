/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --record and --replay of check_sessions. */
#ifndef CURFEW_CHECK_TAPE_H
#define CURFEW_CHECK_TAPE_H

#include <stddef.h>

#include "lib/base/buffer.h"
#include "lib/base/error.h"
#include "lib/config/settings.h"
#include "lib/target/provider.h"

/* Before the visits: from now on what hosts say is gathered, or played.  The targets of a recording become the
   settings'. */
int check_tape_begin(struct settings *settings, struct error *error);
/* After them: writes the recording, and says in out what became of it.  -1: it is not there. */
int check_tape_end(const struct settings *settings, const struct visit *visits, struct buffer *out);

#endif
