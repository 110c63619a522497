/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing to a reader that may be slow, may not read, or may be gone. */
#ifndef CURFEW_OUTPUT_H
#define CURFEW_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"

/* All of it, or -1: the reader is gone, did not read by the deadline, or stopped() says so.  To a file
   or in one go where the reader reads, so that lines of two programs in one log do not mix.  SIGPIPE must be
   ignored. */
int output_write(int fd, const char *text, size_t length, const struct deadline *deadline, bool (*stopped)(void),
                 struct error *error);

#endif
