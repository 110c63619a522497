/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text that came from elsewhere: a host, a user, a back end.  Names are UTF-8;
 * what is not UTF-8 becomes U+FFFD on the way in, and control characters are
 * escaped on the way out, so no name can forge a line of output.
 */
#ifndef CURFEW_TEXT_H
#define CURFEW_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"

bool utf8_valid(const char *text, size_t length);
/* The character at text: how many bytes it has; 0 if there is none, or it is ill-formed. */
size_t utf8_next(const char *text, uint32_t *point);

/* UTF-8 without anything that text_escape() would have to escape as a control character:
   what a value on the command line or in a configuration must be. */
bool text_plain(const char *text);
/* The same, and no characters that show nothing (U+200B and its kin): what a name must be. */
bool text_visible(const char *text);
/* Plain, but for the ends of lines. */
bool text_plain_lines(const char *text);

/* A copy in which every invalid byte is U+FFFD (as Unicode's "maximal subpart"
   practice has it) and NUL bytes too; longer input than limit bytes is cut at a character. */
char *text_clean(struct arena *arena, const char *bytes, size_t length, size_t limit);

/* Appends text for one line of plain output: control characters (C0, DEL, C1,
   U+2028/9, bidi controls) and those that show nothing as \n, \t, \xHH or \u{HHHH}; the backslash as \\; and '|',
   which would start performance data, as \x7c. */
void text_escape(struct buffer *out, const char *text);

/* Without the blanks and line ends at both ends; those behind are overwritten. */
char *text_strip(char *text);

/* Copies what fits, cut at a character, always terminated. */
void text_copy(char *to, size_t size, const char *text);

/* An answer that may not be known. */
enum match {
	MATCH_NO,
	MATCH_YES,
	MATCH_UNKNOWN,
};

/* The letters of all languages for glob_match(), wherever we run.  Loading them is 6 % of a small check's start, so
   the check does it only if it compares names; every other program does it first of all. */
void text_locale_open(void);

/* Does the whole text match the glob?  '*', '?' and "[a-z]" as in fnmatch(3); the backslash is itself, and
   so is every character if glob and text are the same.  Case is folded: Windows names have none.  UNKNOWN
   if fnmatch() fails, for other letters than ASCII's where the locale cannot fold them, and where the two may be
   one text in different normal forms. */
enum match glob_match(const char *glob, const char *text);

/* Could a longer text that begins like this one match? */
bool glob_may_go_on(const char *glob, const char *text);

/* ASCII-only case-insensitive equality, independent of the locale. */
bool text_same(const char *a, const char *b);

/* "s", or "" for 1. */
const char *plural(uint64_t count);

/* A whole, non-negative decimal number up to limit.  Returns 0 or -1. */
int number_parse(const char *text, unsigned long long limit, unsigned long long *number);

#endif
