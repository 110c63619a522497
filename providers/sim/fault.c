/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/child/child.h"
#include "providers/sim/farm.h"
#include "providers/sim/sim.h"

static bool in_worker;

void sim_faults_in_worker(void)
{
	in_worker = true;
}

int sim_wait(int64_t until, const struct deadline *deadline, const char *host, enum step step, struct error *error)
{
	int64_t end = until < deadline->at ? until : deadline->at;
	const struct timespec wake = {end / 1000, end % 1000 * 1000000};

	/* Even a sleep of 0 ms yields the processor. */
	while (end > clock_monotonic() && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wake, NULL) == EINTR)
		;
	if (until <= deadline->at)
		return 0;
	return error_set(error, ERROR_TIMEOUT, step, "%s did not answer in time", host);
}

int sim_crash(const char *host, enum step step, struct error *error)
{
	const struct rlimit no_core = {0, 0};

	if (in_worker) {
		setrlimit(RLIMIT_CORE, &no_core);
		abort();
	}
	return error_set(error, ERROR_CRASHED, step, "%s is set to crash", host);
}

static void say(const char *text)
{
	(void)!write(STDOUT_FILENO, text, strlen(text));
}

static void say_too_long(void)
{
	static char block[65536];

	memset(block, 'x', sizeof block);
	for (size_t sent = 0; sent <= CHILD_LINE_LIMIT; sent += sizeof block)
		(void)!write(STDOUT_FILENO, block, sizeof block);
}

/* Breaks the rules of the worker protocol, for tests of the parent. */
static int break_protocol(enum fault fault, const char *host, enum step step, struct error *error)
{
	if (!in_worker)
		return error_set(error, ERROR_PROTOCOL, step, "%s has a fault that only a worker program can have",
		                 host);
	if (fault == FAULT_GARBAGE)
		say("%n\x1b[2J\xff} this is no JSON\n");
	else if (fault == FAULT_TRUNCATED)
		say("{\"id\":1,\"target\":0,\"snapsh");
	else if (fault == FAULT_WRONG_ID)
		say("{\"id\":4711,\"target\":0,\"ok\":true}\n");
	else if (fault == FAULT_TOO_LONG)
		say_too_long();
	else if (fault == FAULT_CLOSED)
		close(STDOUT_FILENO);
	if (fault == FAULT_TRUNCATED)
		_exit(0);
	for (;;)
		pause();
}

int sim_fault(enum fault fault, const char *host, enum step step, struct error *error)
{
	switch (fault) {
	case FAULT_NONE:
	case FAULT_CUT:
	case FAULT_FLICKER:
		return 0;
	case FAULT_HANG:
		return error_set(error, ERROR_TIMEOUT, STEP_CONNECT, "%s did not answer in time", host);
	case FAULT_CRASH:
		return sim_crash(host, step, error);
	case FAULT_DENIED:
		error_set(error, ERROR_ACCESS, STEP_OPEN, "%s: access denied", host);
		return error_hint(error, "take \"fault = denied\" out of the farm file");
	case FAULT_LOGIN:
		return error_set(error, ERROR_AUTH, STEP_LOGIN, "%s: the credentials were not accepted", host);
	case FAULT_REFUSED:
		return error_set(error, ERROR_REFUSED, STEP_CONNECT, "%s: connection refused", host);
	case FAULT_AWAY:
		return error_set(error, ERROR_UNREACHABLE, STEP_CONNECT, "%s: no route to host", host);
	case FAULT_NO_SUCH_HOST:
		return error_set(error, ERROR_NO_SUCH_HOST, STEP_RESOLVE, "%s: name not known", host);
	case FAULT_GARBAGE:
	case FAULT_TRUNCATED:
	case FAULT_WRONG_ID:
	case FAULT_TOO_LONG:
	case FAULT_CLOSED:
	case FAULT_STUCK:
		return break_protocol(fault, host, step, error);
	}
	return 0;
}
