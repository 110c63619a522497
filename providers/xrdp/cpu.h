/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CPU time that the programs of the sessions have used. */
#ifndef CURFEW_XRDP_CPU_H
#define CURFEW_XRDP_CPU_H

#include "lib/base/arena.h"
#include "lib/session/session.h"
#include "providers/xrdp/enumerate.h"

/* Fills cpu_time of the sessions, which are those of the scene, in its order.  It counts the processes below the
 * session's own. Because a program may leave its parents, it also counts all other processes of the user (except
 * root, who owns the system's): if one of two sessions of a user is busy, both are.  Unknown if other accounts'
 * processes are hidden.  Adds the fact `memory`: what the processes below the session's own have in memory. */
void cpu_fill(const struct scene *scene, struct session *sessions, struct arena *arena);

#endif
