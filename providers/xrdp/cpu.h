/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the programs of the sessions have used of the CPU. */
#ifndef CURFEW_XRDP_CPU_H
#define CURFEW_XRDP_CPU_H

#include "lib/session/session.h"
#include "providers/xrdp/enumerate.h"

/* Fills cpu_time of the sessions, which are the scene's, in its order.  Counted are the processes below the session's
   own and, as a program may leave its parents, all others of its user (but of root, who has the machine's): two
   sessions of one user are at work if one of them is.  Unknown where other accounts' processes are hidden. */
void cpu_fill(const struct scene *scene, struct session *sessions);

#endif
