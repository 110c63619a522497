/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A run of enforce_sessions: list, record, decide, print the plan; then, with --execute, warn, disconnect and log off
 * through the remedy engine, which lists and compares again.
 */
#ifndef CURFEW_ENFORCE_H
#define CURFEW_ENFORCE_H

#include "lib/act/remedy_writer.h"
#include "lib/base/error.h"
#include "lib/config/options.h"
#include "lib/config/settings.h"

/* Returns an exit status (enum remedy_exit), or -1 with *error if the run ended before it listed anything. */
int enforce_run(const struct program_info *program, const struct settings *settings, struct remedy_writer *writer,
                struct error *error);

#endif
