/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The warnings that are recorded; not for files outside of lib/ledger. */
#ifndef CURFEW_LEDGER_WARNINGS_H
#define CURFEW_LEDGER_WARNINGS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/ledger/ledger.h"
#include "lib/policy/policy.h"

/* A look at one target, once its sessions were found. */
struct warnings_look {
	struct ledger *ledger;
	int64_t target;
	const int64_t *rows; /* of table session, one for each session; 0: it is not recorded */
	struct policy_history *histories;
	size_t count;
	struct arena *arena; /* for what the look needs itself */
	struct error *error;
};

/* Fills the histories' warnings. */
int warnings_read(const struct warnings_look *look);

#endif
