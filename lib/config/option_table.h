/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of options.  getopt_long, the keys of [defaults] and [section], --help, the short usage, the man pages and
 * the completions for bash and zsh are all made from it, so they cannot differ.
 */
#ifndef CURFEW_OPTION_TABLE_H
#define CURFEW_OPTION_TABLE_H

#include <stdbool.h>

#include "lib/config/options.h"

extern const struct option_spec option_table[]; /* ends in a NULL name */
/* Keys of the configuration that are not options; ends in a NULL name. */
extern const struct option_spec config_key_table[];

/* The option or key of that name that one of these programs has, or NULL. */
const struct option_spec *option_find(const char *name, unsigned programs);
bool option_is_list(const struct option_spec *spec);

#endif
