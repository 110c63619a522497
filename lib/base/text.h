/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text from outside: of a host, a user, a back end.  Names are UTF-8.  What is not UTF-8 becomes U+FFFD on the way in;
 * control characters are escaped on the way out, so that no name can forge a line of output.
 */
#ifndef CURFEW_TEXT_H
#define CURFEW_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"

/* True for UTF-8 without control characters (those that text_escape() would escape): what a value on the command
 * line or in a configuration must be. */
bool text_plain(const char *text);
/* Also no invisible characters (U+200B and the like): what a name must be. */
bool text_visible(const char *text);
/* Plain, but line ends are allowed. */
bool text_plain_lines(const char *text);

/* Copies; every invalid byte becomes U+FFFD (one for each "maximal subpart", as Unicode recommends), and so does
 * NUL.  Input longer than limit bytes is cut at a character. */
char *text_clean(struct arena *arena, const char *bytes, size_t length, size_t limit);
/* True for a text that had such bytes: a part of it is unknown. */
bool text_damaged(const char *text);

/* Appends text for one line of plain output.  Control characters (C0, DEL, C1, U+2028/9, bidi controls) and
 * invisible ones become
 * , \t, \xHH or \u{HHHH}; the backslash becomes \\, and '|', which would begin performance data, \x7c. */
void text_escape(struct buffer *out, const char *text);

/* Removes blanks and line ends at both ends; overwrites those at the end. */
char *text_strip(char *text);

/* Copies what fits, cut at a character, and terminates it. */
void text_copy(char *to, size_t size, const char *text);

/* A yes or no that may not be known. */
enum match {
	MATCH_NO,
	MATCH_YES,
	MATCH_UNKNOWN,
};

/* Loads the letters of all languages for glob_match(), whatever the locale.  This takes 6 % of the start of a small
 * check, so the check calls it only if it compares names; every other program calls it first. */
void text_locale_open(void);

/* Matches the whole text with the glob.  '*', '?' and "[a-z]" are as in fnmatch(3); the backslash is an ordinary
 * character.  A text that is equal to the glob always matches.  Case is folded, because Windows names ignore it.
 * UNKNOWN if fnmatch() fails, if the locale cannot fold a letter outside ASCII, and if the two may be the same text
 * in different normal forms. */
enum match glob_match(const char *glob, const char *text);

/* Matches a longer text of which only this beginning is known. */
bool glob_may_go_on(const char *glob, const char *text);

/* Matches the first label of a machine's name, where one of the two is that label (pc1) and the other a whole name
 * (pc1.corp.example): it may be the same machine. */
bool glob_may_mean_host(const char *glob, const char *name);

/* Equal but for the case of ASCII letters; independent of the locale. */
bool text_same(const char *a, const char *b);

/* "s", or "" if count is 1. */
const char *plural(uint64_t count);

/* Reads a whole, non-negative decimal number up to limit.  Returns 0 or -1. */
int number_parse(const char *text, unsigned long long limit, unsigned long long *number);

#endif
