/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FNV-1a with 64 bits: spreads keys over tables, and finds torn records.  Not a protection against
 * chosen bytes.
 */
#ifndef CURFEW_HASH_H
#define CURFEW_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_START UINT64_C(0xcbf29ce484222325)

/* The hash of all the bytes so far; begins with HASH_START. */
uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length);

/* The text with its NUL, so that "a", "bc" is not "ab", "c". */
uint64_t hash_text(uint64_t hash, const char *text);

/* A whole text without its NUL; equal for those that are text_same(). */
uint64_t hash_folded(const char *text);

/* 32 bits made of all 64. */
uint32_t hash_short(uint64_t hash);

#endif
