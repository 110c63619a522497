/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clocks that were set; not for files outside of lib/ledger. */
#ifndef CURFEW_LEDGER_CLOCK_H
#define CURFEW_LEDGER_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/ledger/ledger.h"

/* Is this change of the difference between two clocks more than time does by itself? */
bool clock_moved(int64_t change);

/* 1: our own clock was set since the last look at any target; 0: it was not; -1: error. */
int own_clock_moved(struct ledger *ledger, const struct ledger_clock *now, struct error *error);

#endif
