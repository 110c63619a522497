/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A number for every session, because an SNMP index has to be one.  Sessions
 * with a number of their own keep it.  Others (logind's "c1") get one from
 * 2^30 up: the number they had in the previous table, else one made from id and
 * birth, moved up where it is taken.  So it is the same as long as the session
 * lives, and after a restart too, unless two sessions' numbers clashed.  They stay below
 * 2^31, because some managers keep sub-ids in signed integers.
 */
#ifndef CURFEW_NUMBER_H
#define CURFEW_NUMBER_H

#include "agent/rows.h"

#include <stddef.h>
#include <stdint.h>

#include "agent/grid.h"
#include "agent/table.h"
#include "lib/session/session.h"

enum { NUMBER_SYNTHETIC = 1 << 30, NUMBER_SYNTHETIC_LAST = INT32_MAX };

/* Fills keys[i].part[1] and rows[i].synthetic; part[0] and session are set.  previous: see rows_make(). */
void number_rows(struct key *keys, struct session_row *rows, size_t count, const struct table *previous);

/* Identifies a session of a host for the next poll, in BLOCK_NUMBERS. */
enum { NUMBER_HASH_COLUMN = 1 };
uint64_t number_hash(const struct session *session);

#endif
