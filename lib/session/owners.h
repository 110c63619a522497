/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts the shells of one account on one host, for WinRM's quota MaxShellsPerUser.  Pure. */
#ifndef CURFEW_OWNERS_H
#define CURFEW_OWNERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/session/session.h"

/* The largest number of shells (KIND_SHELL) with the same domain and user, case aside, among the sessions with
 * counted[i]. */
uint64_t owners_most(const struct session *sessions, const bool *counted, size_t count);

#endif
