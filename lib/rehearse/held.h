/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the limits would have held back.  A run whose ends break a limit ends nobody (lib/act/limits.h), and the next
 * one has them again, with those that came since.  Pure.
 *
 * An end that came later is not replayed: a session that was disconnected later would have been logged off later, too.
 */
#ifndef CURFEW_HELD_H
#define CURFEW_HELD_H

#include <stddef.h>
#include <stdint.h>

#include "lib/policy/zone.h"
#include "lib/rehearse/tally.h"

struct held_limits {
	size_t acts, night_acts; /* night_acts 0: no such limit */
	const struct zone *zone; /* whose noon ends a night; NULL: the clock of this machine */
	int64_t to;              /* the end of the rehearsal */
};

struct held {
	size_t later,
	    never;       /* ends that would have come later; not at all: used again or over before, or still waiting */
	int64_t longest; /* ms, of those that came later */
	size_t refused;  /* runs that would have ended nobody */
};

/* The ends in the order of their times. */
struct held held_back(const struct tally_end *ends, size_t count, const struct held_limits *limits);

#endif
