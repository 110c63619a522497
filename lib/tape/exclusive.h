/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file that is written once, whole, for nobody else's eyes. */
#ifndef CURFEW_EXCLUSIVE_H
#define CURFEW_EXCLUSIVE_H

#include <stddef.h>

#include "lib/base/buffer.h"
#include "lib/base/error.h"

/* Mode 0600; it is there with all of it afterwards, or not at all.  What is there already is left alone: ERROR_CONFIG.
 */
int exclusive_write(const char *file, const char *text, size_t length, struct error *error);
/* Would it be written, as things are? */
int exclusive_possible(const char *file, struct error *error);
/* By trusted_open(); more than the limit is refused. */
int exclusive_read(const char *file, size_t limit, struct buffer *text, struct error *error);

#endif
