/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text as WTS has it: "A" is UTF-8 here, as all of WinPR's is, and "W" is UTF-16.
 * A text that does not fit is cut at a character.
 */
#ifndef CURFEW_WTSAPI_STRINGS_H
#define CURFEW_WTSAPI_STRINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <winpr/wtsapi.h>

/* Into a field of so many elements, always terminated. */
void field_narrow(CHAR *field, size_t size, const char *text);
void field_wide(WCHAR *field, size_t size, const char *text);

/* Bytes a text takes at most, its NUL included. */
size_t text_room(const char *text, bool wide);
/* Writes it to *at, which is moved behind it, and returns where it starts. */
void *text_write(char **at, const char *text, bool wide);

/* UTF-8 of at most so many bytes or elements (up to the first NUL, if that comes first); to be freed.
   NULL: no memory.  What is no UTF-16 becomes U+FFFD. */
char *text_from_narrow(const CHAR *text, size_t length);
char *text_from_wide(const WCHAR *text, size_t length);

#endif
