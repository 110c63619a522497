/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records the changes of sessions since the last look; not for files outside of lib/ledger. */
#ifndef CURFEW_LEDGER_HISTORY_H
#define CURFEW_LEDGER_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/ledger/ledger.h"
#include "lib/session/session.h"

/* One look at one target, in a transaction that the caller began. */
struct history_look {
	struct ledger *ledger;
	const struct snapshot *snapshot;
	const int64_t *rows; /* of table session, one for each session of the snapshot; 0: it is not recorded */
	int64_t target;      /* its row */
	int64_t before;      /* the look before this one */
	int64_t now;
	bool unsteady; /* a clock was set: reported times have no meaning */
	struct arena *arena;
	struct error *error;
};
int history_see(const struct history_look *look);

/* Deletes the lives that ended before that. */
int history_prune(struct ledger *ledger, int64_t before, struct error *error);

#endif
