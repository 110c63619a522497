/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What this process says to hosts and hears from them, for --record; or, for --replay, what it would hear: then no
 * provider opens a connection, and nothing can be acted on.  doc/design/recording.md says what an exchange looks like.
 */
#ifndef CURFEW_TAPE_H
#define CURFEW_TAPE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* From now on put gets each exchange; NULL: nobody does any more. */
void tape_record_to(void (*put)(json_t *exchange, void *context), void *context);
bool tape_records(void);
/* Takes the reference.  It has real names in it: only lib/tape/recording.h writes it anywhere. */
void tape_put(json_t *exchange);
/* Counts the requests of this process as they go out: answers come in another order. */
json_int_t tape_number(void);

/* From now on hosts are played by these exchanges (an array); NULL: no more. */
void tape_play(const json_t *exchanges);
bool tape_plays(void);
/* The array, or NULL. */
json_t *tape_played(void);
/* The first of them, by its number, that fits and was not taken before; NULL: none is left. */
const json_t *tape_take(bool (*fits)(const json_t *exchange, const void *wanted), const void *wanted);

#endif
