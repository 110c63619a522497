/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is recorded between runs: since when a session is in its state, in how many looks in a row it was seen, and
 * which warnings its user got.  One SQLite file in the state folder, which belongs to the acting account.
 *
 * No file outside of this folder knows that it is SQLite.  Sessions are found by their identity (provider, host, id,
 * user, birth) and the URL of the target that listed them.  One without a birth is not recorded.
 *
 * A program that cannot read or write the ledger does not act: every failure is an error.  A damaged file is moved
 * aside, which is reported, and a new one is begun; every session then counts as seen once.
 */
#ifndef CURFEW_LEDGER_H
#define CURFEW_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/act/state.h"
#include "lib/base/error.h"
#include "lib/policy/policy.h"
#include "lib/session/session.h"

struct ledger;

enum ledger_use {
	LEDGER_READ, /* changes nothing; a missing ledger is an empty one */
	LEDGER_WRITE,
};

/* dir: NULL is a missing ledger.  patience: ms to wait for another writer, at each call.  -1: *ledger is NULL.  The
 * folder must outlive it. */
int ledger_open(struct ledger **ledger, const struct state_dir *dir, enum ledger_use use, int64_t patience,
                struct error *error);
void ledger_close(struct ledger *ledger); /* NULL is allowed */

/* False for a ledger that is missing, or was created and never written. */
bool ledger_remembers(const struct ledger *ledger);

/* The damaged file was moved to this path when the ledger was opened; NULL: it was not. */
const char *ledger_moved_to(const struct ledger *ledger);

/* Our own clocks: the second one cannot be set, and both together show that the first one was. */
struct ledger_clock {
	int64_t wall;   /* ms since the epoch */
	int64_t uptime; /* ms since the start, sleep included */
	char boot[40];  /* which start */
};
int ledger_clock_now(struct ledger_clock *clock, struct error *error);

/* A target that has answered. */
struct ledger_look {
	const char *url;
	const struct snapshot *snapshot;
	struct policy_history *histories; /* one for each session of the snapshot, filled here; their warnings are the
	                                     ledger's, until it is closed */
	bool clock_unsteady; /* filled: its clock or ours was moved since the last look, so all are new to us */
};

/* A clock that moved by more than this between two looks was set. */
enum { CLOCK_JUMP = 60 * 1000 }; /* ms */
/* Looks that are closer together are one. */
enum { LOOKS_APART = 1000 }; /* ms */
/* A target that was not looked at for this long is deleted. */
enum { FORGET_DAYS = 90 };

/* Records the looks in one transaction.  LEDGER_READ: fills the histories as if it had. */
int ledger_see(struct ledger *ledger, struct ledger_look *looks, size_t count, const struct ledger_clock *now,
               struct error *error);

/* Records the result of a warning.  The session must have been seen.  It is on the disk when this returns. */
struct ledger_warning {
	const char *url;
	const struct session *session;
	const char *policy;
	enum policy_cause cause;
	enum policy_step end;
	int64_t began, end_at; /* these four: of struct policy_decision */
	size_t rung;
	enum warning_state state;
	int64_t at;
};
int ledger_warned(struct ledger *ledger, const struct ledger_warning *warning, struct error *error);

/* Records that the session's user asked for more time, and has it until then.  The session must have been seen. */
int ledger_snoozed(struct ledger *ledger, const char *url, const struct session *session, int64_t until,
                   struct error *error);

#endif
