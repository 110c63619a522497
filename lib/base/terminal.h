/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks a question on /dev/tty, because standard input may be the list of sessions. */
#ifndef CURFEW_TERMINAL_H
#define CURFEW_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>

bool terminal_there(void);
/* Asks "disconnect 3 sessions? [y/N] ".  Anything but y or yes is no.  A signal that makes stopped() true is no,
 * too. */
bool terminal_confirm(const char *act, uint64_t sessions, bool (*stopped)(void));

#endif
