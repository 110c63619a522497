/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the programs ask of the system, answered by the simulation (linked with --wrap, simulation.mk). */
#ifndef CURFEW_SIMULATION_CALLS_H
#define CURFEW_SIMULATION_CALLS_H

#include <stdint.h>

#include "t/simulation/process.h"

/* The account of the programs. */
enum { ACCOUNT = 1000 };

/* One call in so many that may fail does fail; 0: none. */
extern int64_t calls_fail_one_in;
extern uint64_t calls_failed;

/* The path of an open folder; NULL: fd is none. */
const char *calls_folder(int fd);

/* Ends what the process has open. */
void calls_killed(const struct process *process);

#endif
