/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8 as Unicode 15 has it (table 3-7): no surrogates, nothing longer than it needs to be. */
#ifndef CURFEW_UTF8_H
#define CURFEW_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool utf8_valid(const char *text, size_t length);

/* The number of bytes of the character at text; 0 if there is none, or it is ill-formed. */
size_t utf8_next(const char *text, uint32_t *point);

/* The same for a text of so many bytes; NUL is a character.  After 0, *bad is the length of the maximal ill-formed
 * part. */
size_t utf8_decode(const unsigned char *text, size_t left, uint32_t *point, size_t *bad);

#endif
