/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/simulation/process.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "t/simulation/chance.h"

enum { STACK_SIZE = 2 * 1024 * 1024 };

/* While several run, one call in so many lets another one go on. */
enum { SWITCH_ONE_IN = 4 };

struct machine {
	ucontext_t context;
	void *stack;
};

static struct process processes[PROCESSES_MOST];
static struct machine machines[PROCESSES_MOST];
static ucontext_t scheduler;
enum { FIRST_PID = 1000 };
static int next_pid;

struct process *process_now;
void (*process_killed)(struct process *process);
void (*process_power_lost)(void);
uint64_t process_kills;

static void begin(void)
{
	process_now->work(process_now);
	process_now->running = false;
}

/* A stack, and the function on it. */
static void machine_make(struct machine *machine)
{
	if (machine->stack == NULL)
		machine->stack =
		    mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (machine->stack == MAP_FAILED || getcontext(&machine->context) < 0)
		abort();
	machine->context.uc_stack.ss_sp = machine->stack;
	machine->context.uc_stack.ss_size = STACK_SIZE;
	machine->context.uc_link = &scheduler;
	makecontext(&machine->context, begin, 0);
}

void process_begin(void)
{
	next_pid = FIRST_PID;
}

struct process *process_start(void (*work)(struct process *), void *data)
{
	for (size_t i = 0; i < PROCESSES_MOST; i++) {
		struct process *process = &processes[i];

		if (process->running)
			continue;
		*process = (struct process){
		    .pid = next_pid++, .running = true, .work = work, .data = data, .machine = &machines[i]};
		machine_make(&machines[i]);
		return process;
	}
	return NULL;
}

static size_t running(struct process **list)
{
	size_t count = 0;

	for (size_t i = 0; i < PROCESSES_MOST; i++)
		if (processes[i].running)
			list[count++] = &processes[i];
	return count;
}

void process_run_all(void)
{
	struct process *list[PROCESSES_MOST];
	size_t count;

	while ((count = running(list)) > 0) {
		process_now = list[chance_below((int64_t)count)];
		swapcontext(&scheduler, &((struct machine *)process_now->machine)->context);
		process_now = NULL;
	}
}

void process_kill(struct process *process)
{
	if (!process->running || process->dead)
		return;
	process->dead = true;
	process_kills++;
	if (process_killed != NULL)
		process_killed(process);
}

static void power_lost(void)
{
	for (size_t i = 0; i < PROCESSES_MOST; i++)
		process_kill(&processes[i]);
	if (process_power_lost != NULL)
		process_power_lost();
}

int process_step(void)
{
	struct process *process = process_now, *list[PROCESSES_MOST];

	if (process == NULL)
		return 0;
	if (!process->dead && ++process->calls == process->dies_at) {
		if (process->takes_power)
			power_lost();
		else
			process_kill(process);
	}
	if (process->dead)
		return -1;
	if (running(list) > 1 && chance_below(SWITCH_ONE_IN) == 0) {
		swapcontext(&((struct machine *)process->machine)->context, &scheduler);
		process_now = process;
	}
	return process->dead ? -1 : 0;
}
