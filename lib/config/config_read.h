/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The text of a configuration: headings, and "key = value".  Our own reader: doc/architecture.md has what
 * libraries were weighed.
 */
#ifndef CURFEW_CONFIG_READ_H
#define CURFEW_CONFIG_READ_H

#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/config/config.h"

/* Fills config->parts from the text, which it changes; there is room for a NUL behind it.  A list "a, b" becomes an
   entry for each item; quotes around a value are taken off.  0 or -1 with ERROR_CONFIG "file:line: ...". */
int config_read(struct config *config, char *text, size_t length, struct arena *arena, struct error *error);

#endif
