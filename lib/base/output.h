/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes to a file, or to a reader that may be slow, may not read, or may have exited. */
#ifndef CURFEW_OUTPUT_H
#define CURFEW_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"

/* Writes all of it, without a deadline.  -1 with errno. */
int write_whole(int fd, const char *bytes, size_t length);

/* Writes all of it.  -1: the reader has exited, did not read by the deadline, or stopped() returned true.  A file,
 * and a pipe with enough room, get it in one write(), so that lines of two programs in one log do not mix.  SIGPIPE
 * must be ignored. */
int output_write(int fd, const char *text, size_t length, const struct deadline *deadline, bool (*stopped)(void),
                 struct error *error);

#endif
