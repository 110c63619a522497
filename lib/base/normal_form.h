/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One text can be written in several ways: "ë" is one character or an e and a
 * diaeresis behind it (Unicode's normal forms C and D).  macOS, some LDAP servers and
 * copied text have the second.
 *
 * No library is asked: libunistring would be loaded by each program at each start, and
 * all that is needed is to know where two texts are canonically equal.
 */
#ifndef CURFEW_NORMAL_FORM_H
#define CURFEW_NORMAL_FORM_H

#include <stdbool.h>

#include "lib/base/buffer.h"

/* Valid UTF-8 with a character that form C would not have, or would join with the one before. */
bool normal_form_doubted(const char *text);

/* What is the same in every form: characters of ASCII that nothing is written over; anything else is, as often
   as it stands there in a row, one U+0001. */
void normal_form_outline(const char *text, struct buffer *out);

#endif
