/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a session counts as.  Pure: the same arguments give the same answer.
 *
 * Active: a client is connected.  Idle: active, and no input for idle_after on
 * the host's clock.  Disconnected: no client, programs running.  A time in the
 * future, or an input before the connect, is unknown, and unknown is not zero.
 */
#ifndef CURFEW_CLASSIFY_H
#define CURFEW_CLASSIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/session/session.h"

enum usage {
	USAGE_OTHER,        /* a user session that is neither (connecting, shadowing, resetting …) */
	USAGE_ACTIVE,       /* active, input within idle_after */
	USAGE_IDLE,         /* active, no input for idle_after or longer */
	USAGE_IDLE_UNKNOWN, /* active, time of the last input unknown */
	USAGE_DISCONNECTED,
};

struct classification {
	bool state_unknown; /* it may be active, idle or disconnected */
	bool counted;       /* class user and somebody logged on (or a class asked for by --class) */
	enum usage usage;
	struct span idle;         /* of active sessions */
	struct span disconnected; /* of disconnected sessions */
	const char *reason;       /* static text for --explain: why it counts as this */
};

/* The classes that count, a bit 1 << enum session_class each; user sessions by default. */
enum { COUNT_USERS = 1 << CLASS_USER };

/* Times that two programs on one host report may differ this much (a tick, a rounding). */
enum { CLOCK_TOLERANCE = 2000 }; /* ms */

struct classification classify(const struct session *session, int64_t host_now, int64_t idle_after, unsigned classes);
const char *usage_name(enum usage usage);

/* Sums over snapshots, for thresholds and performance data. */
struct counts {
	uint64_t total, active, idle, idle_unknown, disconnected,
	    disconnected_unknown;        /* active includes idle and idle_unknown */
	uint64_t state_unknown;          /* in none of the counts but total; may belong to any */
	struct span oldest_idle;         /* longest known idle; known with length 0 if no session is active */
	struct span oldest_disconnected; /* likewise */
	uint64_t unreachable;            /* targets that did not answer */
	uint64_t incomplete;             /* targets whose list is not complete */
	uint64_t shells_per_owner;       /* the largest number of one account on one host (lib/session/owners.h) */
	uint64_t would_warn, would_disconnect, would_logoff, overdue; /* by the policies, now */
	uint64_t soon;                                                /* not now, but within the hour */
};
void counts_add(struct counts *counts, const struct classification *classification);
void counts_sum(struct counts *to, const struct counts *more);

#endif
