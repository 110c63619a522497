/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stub of a request or reply: NDR 2.0 (C706 chapter 14), little-endian, as
 * far as MS-TSTS needs it.  By another hand than the provider's codec, which
 * it is there to test.
 */
#ifndef CURFEW_TSTS_STUB_H
#define CURFEW_TSTS_STUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"

/* What is left over at the end is ignored, as Windows does. */
struct reader {
	const uint8_t *bytes;
	size_t size, at;
	bool short_of; /* something was read that is not there, or cannot be */
};

uint8_t get_u8(struct reader *in);
uint32_t get_u32(struct reader *in); /* aligned; 0 when there is none left */
void get_bytes(struct reader *in, void *to, size_t size);
void get_skip(struct reader *in, size_t size);
/* [in, string] WCHAR *: conformant and varying, with its NUL; as UTF-8. */
const char *get_string(struct reader *in, struct arena *arena);
/* [in, size_is(n)] WCHAR *: conformant, with or without a NUL. */
const char *get_wide_array(struct reader *in, struct arena *arena);

void put_align(struct buffer *out, size_t size);
void put_u8(struct buffer *out, uint8_t value);
void put_u16(struct buffer *out, uint16_t value);
void put_u32(struct buffer *out, uint32_t value);
void put_u64(struct buffer *out, uint64_t value);
void put_zeros(struct buffer *out, size_t count);
/* WCHAR name[count]: cut at a character so that a NUL ends it. */
void put_wide(struct buffer *out, const char *text, size_t count);

/* [out, string] WCHAR **: a pointer, then conformant and varying with its NUL; NULL: a null pointer. */
void put_string(struct buffer *out, const char *text);

#endif
