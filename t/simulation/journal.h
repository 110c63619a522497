/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit, as the disk has it. */
#ifndef CURFEW_SIMULATION_JOURNAL_H
#define CURFEW_SIMULATION_JOURNAL_H

#include <stdbool.h>

#define STATE_FOLDER "/sim/state"

/* Would the intent of this process for this session be there after a loss of power? */
bool journal_intends(int pid, const char *birth);

#endif
