/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The history of sessions, as recorded in the ledger, one session after the other.  Readers change nothing, and do not
 * wait for writers.  All times are ms since the epoch on our clock.
 */
#ifndef CURFEW_HISTORY_H
#define CURFEW_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/judge/classify.h"
#include "lib/ledger/ledger.h"
#include "lib/session/session.h"

/* A session that is without input for less than this counts as used. */
enum { HISTORY_IDLE = 5 * 60 * 1000 }; /* ms */

/* Lasts until the next one begins, or the life ends. */
struct episode {
	enum usage usage;
	int64_t since;
};

struct life {
	const char *url;         /* of the target */
	struct session *session; /* its identity, names, client, collection, kind and logon; no state, no other time */
	int64_t until;           /* when it was last seen */
	bool ended;              /* it was gone at the next look */
	struct span memory;      /* bytes; known if its system reports them */
	const struct episode *episodes; /* in their order, at least one */
	size_t count;
};

/* -1 ends the reading. */
typedef int life_teller(void *context, const struct life *life, struct error *error);

/* Passes on the lives that were there at or after this moment, by host, in the order in which they were first seen.  A
 * life and its texts are valid during the call. */
int ledger_history(struct ledger *ledger, int64_t since, life_teller *tell, void *context, struct error *error);

/* How long an ended life is kept, ms; without this call 90 days.  For LEDGER_WRITE. */
void ledger_keep(struct ledger *ledger, int64_t length);

#endif
