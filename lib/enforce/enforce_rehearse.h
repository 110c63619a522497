/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run of rehearse_sessions: replays policies over the ledger's history.  Acts on no session, and writes nothing. */
#ifndef CURFEW_ENFORCE_REHEARSE_H
#define CURFEW_ENFORCE_REHEARSE_H

#include "lib/act/remedy_writer.h"
#include "lib/base/error.h"
#include "lib/config/options.h"
#include "lib/config/settings.h"

/* 0, or -1 with *error. */
int rehearse_run(const struct program_info *program, const struct settings *settings, struct remedy_writer *writer,
                 struct error *error);

#endif
