/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The exchanges of this process with hosts.  For --record they are passed on as they happen; for --replay they take the
 * place of the network: no provider opens a connection, and no act is possible.  doc/design/recording.md describes an
 * exchange.
 */
#ifndef CURFEW_TAPE_H
#define CURFEW_TAPE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* From now on put() gets each exchange; NULL: recording ends. */
void tape_record_to(void (*put)(json_t *exchange, void *context), void *context);
bool tape_records(void);
/* Takes the reference.  It contains real names: only lib/tape/recording.h may write it to a file. */
void tape_put(json_t *exchange);
/* Numbers the requests of this process as they go out, because answers arrive in another order. */
json_int_t tape_number(void);

/* From now on these exchanges (an array) are replayed; NULL: no more. */
void tape_play(const json_t *exchanges);
bool tape_plays(void);
/* The array, or NULL. */
json_t *tape_played(void);
/* The exchange with the lowest number that fits and was not taken before; NULL: none is left. */
const json_t *tape_take(bool (*fits)(const json_t *exchange, const void *wanted), const void *wanted);

#endif
