/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Handles out of memory during a run: each act that was begun gets its result in the audit, from a line that was made
 * before the act.  The exit status is 2.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/act/audit.h"
#include "lib/act/remedy.h"
#include "lib/act/remedy_run.h"
#include "lib/base/arena.h"

static struct run *watched;

static uint64_t write_results(struct run *run)
{
	uint64_t begun = 0;

	for (size_t i = 0; i < run->work_count; i++) {
		for (size_t j = 0; j < run->works[i].count; j++) {
			const struct attempt *attempt = &run->works[i].attempts[j];
			const char *line = attempt->last_line; /* a finished attempt has none */

			if (attempt->stage == STAGE_WAITING || line == NULL)
				continue;
			audit_write_rendered(&run->audit, line);
			begun++;
		}
	}
	return begun;
}

/* Without the mutex: other lanes may hold it.  For them this is like being killed. */
static void last_words(void)
{
	struct run *run = watched;
	uint64_t begun;
	char text[200];
	int length;

	if (run == NULL || !run->begun)
		return;
	begun = write_results(run);
	length = snprintf(text, sizeof text,
	                  "CRITICAL: out of memory: %" PRIu64 " of %" PRIu64 " done, %" PRIu64 " not known\n",
	                  run->tally.done, run->tally.selected, begun);
	(void)!write(STDOUT_FILENO, text, (size_t)length);
	_exit(REMEDY_FAILED);
}

void remedy_memory_watch(struct run *run)
{
	watched = run;
	out_of_memory_calls(last_words);
}
