/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unicode has several ways to write one text: "ë" is one character, or an e and a combining diaeresis (normal forms C
 * and D).  macOS, some LDAP servers and copied text use form D.  No library does this: every program would load
 * libunistring at each start, and all that is needed is where two texts are canonically equivalent.
 */
#ifndef CURFEW_NORMAL_FORM_H
#define CURFEW_NORMAL_FORM_H

#include <stdbool.h>

#include "lib/base/buffer.h"

/* True for valid UTF-8 with a character that form C does not have, or would join with the one before. */
bool normal_form_doubted(const char *text);

/* Writes what is the same in every normal form: ASCII characters without a combining mark.  Each run of anything
 * else becomes one U+0001. */
void normal_form_outline(const char *text, struct buffer *out);

#endif
