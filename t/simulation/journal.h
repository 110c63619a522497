/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit, as the disk has it. */
#ifndef CURFEW_SIMULATION_JOURNAL_H
#define CURFEW_SIMULATION_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#define STATE_FOLDER "/sim/state"

/* Would the intent of this process for this session be there after a loss of power? */
bool journal_intends(int pid, const char *birth);

/* What the last result says that it has of this act and session. */
enum journal_end {
	JOURNAL_NONE,
	JOURNAL_ORDERED, /* accepted, and not yet seen to be done */
	JOURNAL_CLOSED,  /* done, failed, refused */
};
/* pid: of this process's alone; 0: of any.  durable: as it would be after a loss of power. */
enum journal_end journal_ends(int pid, const char *birth, const char *action, bool durable);

/* Lines of this process that refuse an act, by their reasons: each is told once. */
void journal_refusals(int pid, void (*tell)(const char *reason, size_t length));

#endif
