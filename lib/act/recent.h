/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The acts of the last hour, as one record has them: the audit
 * (lib/act/audit.h), or the allowance beside it (lib/act/allowance.h).  Pure.
 */
#ifndef CURFEW_RECENT_H
#define CURFEW_RECENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/name_index.h"

/* What one run planned and did on one host through one target. */
struct recent_entry {
	size_t run; /* its number in recent.runs */
	const char *host, *target;
	uint64_t planned, intended;
	uint64_t logoffs; /* of those intended: no longer among today's sessions */
	int64_t until;    /* until when acts may be added; wall clock */
	uint64_t counted; /* acts that count; set by recent_judge() */
};

struct recent_run {
	bool planned; /* its plan is in the record, and so all that it intended */
	bool ended;
};

struct recent_acts {
	uint64_t acts;
	uint64_t logoffs;
};

struct recent {
	struct arena arena; /* owns everything below */
	struct name_index keys, names, hosts;
	struct recent_entry *entries; /* numbered as keys */
	struct recent_run *runs;      /* numbered as names */
	size_t entries_allocated, runs_allocated;
	struct recent_acts *by_host; /* numbered as hosts; made by recent_judge() */
	uint64_t unreadable;         /* acts that unreadable lines may stand for: they count on every host */
};

void recent_init(struct recent *recent);
void recent_free(struct recent *recent);

/* The run's number; the entry of a run, host and target.  Made if new; texts are copied.  The entry's pointer is valid
   until the next call. */
size_t recent_run_add(struct recent *recent, const char *run);
struct recent_entry *recent_add(struct recent *recent, size_t run, const char *host, const char *target);

/* How many acts each entry counts.  A run that has ended counts by its intents, one that has not by its plan too, as it
   may be at work.  On a host in locked (held by the caller) no other run is at work: there a run without an end is
   dead, and counts by its intents.  witness: another record that may know the intents of such a run; NULL: this one
   knows. */
void recent_judge(struct recent *recent, const struct name_index *locked, const struct recent *witness);

/* Sums over what recent_judge() counted; acts of unreadable lines are in each. */
struct recent_acts recent_everywhere(const struct recent *recent);
/* On hosts, or through targets by their URL, that are in scope. */
struct recent_acts recent_in_scope(const struct recent *recent, const struct name_index *scope);
struct recent_acts recent_on_host(const struct recent *recent, const char *host);

#endif
