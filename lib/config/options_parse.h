/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The settings of a run from its command line and the configuration. */
#ifndef CURFEW_OPTIONS_PARSE_H
#define CURFEW_OPTIONS_PARSE_H

#include "lib/base/error.h"
#include "lib/config/options.h"
#include "lib/config/settings.h"
#include "lib/target/provider.h"

/* Fills settings from nothing: the built-in defaults, then [defaults], the named section and the
   command line.  A list given higher up replaces the lower one, but for exclusions, which add up;
   --target and --hostname count as one list.  Loads the configuration that --config or the
   default names; a missing default file is no error.  Afterwards
   - targets are resolved; the check and the subagent have at least one, handlers may have none;
   - execute is false if dry_run is true; else the targets, if any, came from the line or the section.
   providers ends in NULL: what targets may be of.  It and argv must outlive settings.  Call settings_free() in every
   case. -1 with *error: bad input. 1: --help, --version or --list-providers was printed, exit 3. 0: go on. */
int options_parse(const struct program_info *program, const struct provider *const providers[], int argc, char **argv,
                  struct settings *settings, struct error *error);

#endif
