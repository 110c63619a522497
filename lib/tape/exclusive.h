/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes a private file once, and completely. */
#ifndef CURFEW_EXCLUSIVE_H
#define CURFEW_EXCLUSIVE_H

#include <stddef.h>

#include "lib/base/buffer.h"
#include "lib/base/error.h"

/* Creates the file with mode 0600 and all its contents, or not at all.  An existing file is left alone:
 * ERROR_CONFIG. */
int exclusive_write(const char *file, const char *text, size_t length, struct error *error);
/* Checks that the file could be written now. */
int exclusive_possible(const char *file, struct error *error);
/* Reads a file opened by trusted_open(); refuses one that is larger than the limit. */
int exclusive_read(const char *file, size_t limit, struct buffer *text, struct error *error);

#endif
