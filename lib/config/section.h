/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A section is bound to an act: "act = disconnect" is for disconnect_sessions and no other program.  So a sudo rule
 * that lets an account use any section cannot turn one act into another.
 */
#ifndef CURFEW_SECTION_H
#define CURFEW_SECTION_H

#include <stdbool.h>

#include "lib/base/error.h"
#include "lib/config/options.h"
#include "lib/config/settings.h"

/* The section for programs that use the WTS API: its name is its act, unless it has "act = …". */
#define SECTION_WTSAPI "wtsapi"

/* Checks that this program may use settings->section, if one is set.  With euid 0 a handler's section must have an
 * act.  0, or -1 with ERROR_CONFIG "file:line: …". */
int section_check(const struct program_info *program, const struct settings *settings, bool is_privileged,
                  struct error *error);

/* Returns "disconnect", "logoff" or "message": the one handler that the section's act names.  NULL with error: no
 * such section, or its act names no handler, or more than one.  settings must have its configuration loaded;
 * section_acts is filled. */
const char *section_handler(struct settings *settings, const char *name, struct error *error);

#endif
