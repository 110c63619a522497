/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A login's terminal: the time of its last read, and a message to it. */
#ifndef CURFEW_PROVIDERS_LOGIND_TERMINAL_H
#define CURFEW_PROVIDERS_LOGIND_TERMINAL_H

#include <stddef.h>
#include <sys/types.h>

#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/session/session.h"

/* The device number of a terminal named as utmp and logind do ("pts/3"), or 0. */
dev_t terminal_device(const char *line);

/* The name of a terminal below /dev: the reverse for pseudo-terminals and virtual
   consoles, which is where people log in.  Returns 0, or -1 for another device. */
int terminal_name(dev_t device, char *line, size_t size);

/* The time of the last read by a program, which w(1) uses as idle time.  The kernel updates it in steps of eight
 * seconds. */
struct moment terminal_input(const char *line);

/* A message for a terminal: a bell, a head line, and the text with every control character made visible.  At most
 * TERMINAL_TEXT_LIMIT bytes of the text. */
enum { TERMINAL_TEXT_LIMIT = 4096 };
void terminal_format(struct buffer *out, const char *host, const char *title, const char *text);

/* Writes to the terminal if it is one and belongs to that user.  Does not wait beyond the deadline, does not make it
 * our controlling terminal, and follows no link.  Returns 0 or -1. */
int terminal_write(const char *line, uid_t owner, const char *bytes, size_t length, const struct deadline *deadline,
                   struct error *error);

#endif
