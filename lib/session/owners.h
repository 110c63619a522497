/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many shells one account has on one host: what WinRM's quota MaxShellsPerUser is about.  Pure. */
#ifndef CURFEW_OWNERS_H
#define CURFEW_OWNERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/session/session.h"

/* The most shells (KIND_SHELL) of one domain and user, case aside, among the sessions with counted[i]; 0: no shells. */
uint64_t owners_most(const struct session *sessions, const bool *counted, size_t count);

#endif
