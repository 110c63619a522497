/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The time of the simulation, ms.  Nothing but time_pass() moves it. */
#ifndef CURFEW_SIMULATION_CLOCKWORK_H
#define CURFEW_SIMULATION_CLOCKWORK_H

#include <stdint.h>

struct virtual_time {
	int64_t now;        /* true time, ms since the epoch: the programs do not see it */
	int64_t ahead;      /* so much is the wall clock of the programs' machine ahead of it */
	int64_t started_at; /* of that machine, true time */
	unsigned starts;    /* which start of it */
};
extern struct virtual_time virtual_time;

/* Time passes, and what has to happen meanwhile happens. */
void time_pass(int64_t length);
/* On the wall clock of the programs' machine. */
int64_t time_wall(void);

#endif
