/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a command line with getopt_long(3). */
#ifndef CURFEW_COMMAND_LINE_H
#define CURFEW_COMMAND_LINE_H

#include "lib/base/error.h"
#include "lib/config/option_level.h"
#include "lib/config/options.h"
#include "lib/target/provider.h"

/* Collects the options.  -1 with *error: bad input; 1: --help, --version or --list-providers was printed; 0: go on. */
int command_line_read(const struct program_info *program, const struct provider *const providers[], int argc,
                      char **argv, struct level *line, struct error *error);

#endif
