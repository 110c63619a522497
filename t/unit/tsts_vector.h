/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Byte vectors of MS-TSTS that another implementation encoded (t/vectors/tsts;
 * make-vectors says which): NAME.hex has the bytes, NAME.expect what they mean.
 */
#ifndef CURFEW_T_UNIT_TSTS_VECTOR_H
#define CURFEW_T_UNIT_TSTS_VECTOR_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "providers/tsts/wire.h"

enum { BYTES_MOST = 65536, TEXT_MOST = 4096 };

/* One vector: its bytes, and the "key=value" lines that say what they mean. */
struct vector {
	char name[128];
	uint8_t bytes[BYTES_MOST];
	size_t length;
	char expected[TEXT_MOST];
	struct arena arena;
};

/* The value of that key, with "\r" and "\n" resolved; the test fails if there is none. */
const char *expected(struct vector *vector, const char *key);
uint64_t expected_number(struct vector *vector, const char *key);
struct wire_bytes bytes_of(const struct vector *vector);

/* Checks every vector whose name begins so; the test fails if there is none. */
void each_vector(const char *prefix, void (*check)(struct vector *vector));

#endif
