/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Programs that run at once in one real process: each has a stack of its own, and another may go on whenever one of
 * them calls what the simulation stands in for (calls.c, vfs.c, farm.c).  Which one is chance's, so a seed repeats it.
 *
 * A program that is killed goes on without the world: every call fails and does nothing, until its own error paths
 * have freed what it had.
 */
#ifndef CURFEW_SIMULATION_PROCESS_H
#define CURFEW_SIMULATION_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

enum { PROCESSES_MOST = 4 };

struct process {
	int pid;
	bool running;
	bool dead;        /* killed: nothing that it does counts */
	uint64_t calls;   /* so many has it made */
	uint64_t dies_at; /* the number of the call before which it is killed; 0: never */
	bool takes_power; /* the machine goes down with it */
	int64_t own_time; /* of a dead one: the world's time does not pass for it */
	void (*work)(struct process *process);
	void *data;
	void *machine; /* process.c's own */
};

extern struct process *process_now; /* NULL: the simulation itself */

/* For a seed: the first process has the same number. */
void process_begin(void);
struct process *process_start(void (*work)(struct process *), void *data);
/* Until all have ended. */
void process_run_all(void);
void process_kill(struct process *process);
/* At each call that the simulation stands in for.  -1: it is dead, and the call does nothing. */
int process_step(void);
/* What a kill and a loss of power do besides. */
extern void (*process_killed)(struct process *process);
extern void (*process_power_lost)(void);
extern uint64_t process_kills;

#endif
