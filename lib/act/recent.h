/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The acts of the last hour in one record: the audit (lib/act/audit.h), or the allowance beside it
 * (lib/act/allowance.h).  Pure.
 */
#ifndef CURFEW_RECENT_H
#define CURFEW_RECENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/name_index.h"

/* The planned and the done acts of one run on one host through one target. */
struct recent_entry {
	size_t run; /* its index in recent.runs */
	const char *host, *target;
	uint64_t planned, intended;
	uint64_t logoffs; /* of those intended: these sessions are not listed any more */
	int64_t until;    /* wall clock: acts may be added until then */
	uint64_t counted; /* acts that count; set by recent_judge() */
};

struct recent_run {
	bool planned; /* the record has its plan, and so everything that it intended */
	bool ended;
};

struct recent_acts {
	uint64_t acts;
	uint64_t logoffs;
};

struct recent {
	struct arena arena; /* owns everything below */
	struct name_index keys, names, hosts;
	struct recent_entry *entries; /* by number in keys */
	struct recent_run *runs;      /* by number in names */
	size_t entries_allocated, runs_allocated;
	struct recent_acts *by_host; /* by number in hosts; recent_judge() fills it */
	uint64_t unreadable;         /* acts that unreadable lines may stand for; they count on every host */
};

void recent_init(struct recent *recent);
void recent_free(struct recent *recent);

/* The number of the run; the entry of a run, host and target.  Both are made if new, with copies of the texts.  The
 * pointer is valid until the next call. */
size_t recent_run_add(struct recent *recent, const char *run);
struct recent_entry *recent_add(struct recent *recent, size_t run, const char *host, const char *target);

/* Decides how many acts each entry counts.  A run that has ended counts its intents.  A run that has not counts its
 * plan, too, because it may be running.  On a host in locked (the caller holds its lock) no other run is running:
 * one without an end has died, and counts its intents.  witness: another record that may know such a run's intents;
 * NULL: none. */
void recent_judge(struct recent *recent, const struct name_index *locked, const struct recent *witness);

/* Sums of what recent_judge() counted; each includes the acts of unreadable lines. */
struct recent_acts recent_everywhere(const struct recent *recent);
/* On the hosts, or through the target URLs, in scope. */
struct recent_acts recent_in_scope(const struct recent *recent, const struct name_index *scope);
struct recent_acts recent_on_host(const struct recent *recent, const char *host);

#endif
