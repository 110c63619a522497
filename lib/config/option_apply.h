/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts one value, from the command line or the configuration, into the settings. */
#ifndef CURFEW_OPTION_APPLY_H
#define CURFEW_OPTION_APPLY_H

#include "lib/base/error.h"
#include "lib/config/options.h"
#include "lib/config/settings.h"

/* where is "--name" or "file:line: key", for the error text. */
int option_apply(const struct option_spec *spec, struct settings *settings, const char *value, const char *where,
                 struct error *error);

#endif
