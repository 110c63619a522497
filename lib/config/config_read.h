/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads the text of a configuration: headings, and "key = value".  This is our own reader: doc/architecture.md says
 * which libraries were weighed.
 */
#ifndef CURFEW_CONFIG_READ_H
#define CURFEW_CONFIG_READ_H

#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/config/config.h"

/* Fills config->parts from the text and changes the text; the caller leaves room for a NUL behind it.  A list "a, b"
 * becomes one entry per item; quotes around a value are removed.  0, or -1 with ERROR_CONFIG "file:line: ...". */
int config_read(struct config *config, char *text, size_t length, struct arena *arena, struct error *error);

#endif
