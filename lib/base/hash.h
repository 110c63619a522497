/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FNV-1a with 64 bits, for hash tables and to detect torn records.  It is no protection against bytes that somebody
 * chose.
 */
#ifndef CURFEW_HASH_H
#define CURFEW_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_START UINT64_C(0xcbf29ce484222325)

/* Hashes further bytes.  Begin with HASH_START. */
uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length);

/* Hashes the text with its NUL, so that "a", "bc" differs from "ab", "c". */
uint64_t hash_text(uint64_t hash, const char *text);

/* Hashes a text without its NUL.  Texts that are text_same() have the same hash. */
uint64_t hash_folded(const char *text);

/* Folds 64 bits to 32. */
uint32_t hash_short(uint64_t hash);

#endif
