/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Texts of the WTS API.  "A" is UTF-8 here, as in all of WinPR, and "W" is UTF-16.  A text that does not fit is cut at
 * a character.
 */
#ifndef CURFEW_WTSAPI_STRINGS_H
#define CURFEW_WTSAPI_STRINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <winpr/wtsapi.h>

/* Copies into a field of this many elements, always terminated. */
void field_narrow(CHAR *field, size_t size, const char *text);
void field_wide(WCHAR *field, size_t size, const char *text);

/* The most bytes that a text takes, including its NUL. */
size_t text_room(const char *text, bool wide);
/* Writes the text to *at, moves *at behind it, and returns its start. */
void *text_write(char **at, const char *text, bool wide);

/* Converts at most this many bytes or elements, or up to the first NUL, to UTF-8; to be freed.  NULL: no memory.
 * Invalid UTF-16 becomes U+FFFD. */
char *text_from_narrow(const CHAR *text, size_t length);
char *text_from_wide(const WCHAR *text, size_t length);

#endif
