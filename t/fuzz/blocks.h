/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Good and spoilt snapshot blocks for fuzzers, and a reader of all that is in one. */
#ifndef CURFEW_FUZZ_BLOCKS_H
#define CURFEW_FUZZ_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

#include "agent/block.h"
#include "agent/pack.h"

/* To be freed. */
struct packed block_good(void);
/* Three bytes for each change: the place, and the byte. */
void block_change(struct packed *packed, const uint8_t *data, size_t size);

/* A walk ends, goes upwards only, and a GET finds what it found; else abort(). */
void block_read_all(const struct block *block);

#endif
