/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clocks that were set.  Nobody outside of lib/ledger includes this. */
#ifndef CURFEW_LEDGER_CLOCK_H
#define CURFEW_LEDGER_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/ledger/ledger.h"

/* Is this change of the difference between two clocks more than time does by itself? */
bool clock_moved(int64_t change);

/* Was our own clock set since the last look at anything?  1, 0, or -1. */
int own_clock_moved(struct ledger *ledger, const struct ledger_clock *now, struct error *error);

#endif
