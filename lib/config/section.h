/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A section is bound to an act: "act = disconnect" is for disconnect_sessions
 * and for no other program.  So a line that sudo lets somebody run with any
 * section cannot make one act out of another.
 */
#ifndef CURFEW_SECTION_H
#define CURFEW_SECTION_H

#include <stdbool.h>

#include "lib/base/error.h"
#include "lib/config/options.h"
#include "lib/config/settings.h"

/* The section of programs that use the WTS API: its name is its act, unless it says another. */
#define SECTION_WTSAPI "wtsapi"

/* May this program use settings->section, if there is one?  With euid 0 a handler's section has to
   say its act.  0, or -1 with ERROR_CONFIG "file:line: …". */
int section_check(const struct program_info *program, const struct settings *settings, bool is_privileged,
                  struct error *error);

/* "disconnect", "logoff" or "message": the one handler that the section's act names.  NULL with
   *error: there is no such section, or its act names no handler, or more than one.  settings has
   its configuration loaded, and gets section_acts. */
const char *section_handler(struct settings *settings, const char *name, struct error *error);

#endif
