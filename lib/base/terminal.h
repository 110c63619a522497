/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking a person.  Uses /dev/tty, as standard input may be the list of sessions. */
#ifndef CURFEW_TERMINAL_H
#define CURFEW_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>

bool terminal_there(void);
/* "disconnect 3 sessions? [y/N] "; anything but y or yes is no, and so is a signal that makes stopped() true. */
bool terminal_confirm(const char *act, uint64_t sessions, bool (*stopped)(void));

#endif
