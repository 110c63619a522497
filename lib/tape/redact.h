/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Texts of hosts without what is anybody's: names and addresses are replaced, the same one by the same one wherever it
 * stands, and only what is known to be nobody's stays (numbers and times of known fields, words of the protocols).
 *
 * A name becomes an 'n', as many 'z' as its length takes, and a number in letters (one letter may become more); digits
 * become digits, a GUID a GUID, an address one of 198.18.0.0/15 (RFC 2544) or 2001:db8::/32 (RFC 3849).  Case of
 * letters does not matter.
 */
#ifndef CURFEW_REDACT_H
#define CURFEW_REDACT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buffer.h"

struct redactor;
struct redactor *redactor_new(void);
void redactor_free(struct redactor *redactor);

/* What a field may keep. */
enum redact_as {
	REDACT_NAME,    /* nothing but ASCII's punctuation */
	REDACT_TARGET,  /* SCHEME://HOST[:PORT]…: the scheme and the port as well */
	REDACT_ADDRESS, /* a URL, a path, a code: words of the protocols as well */
	REDACT_VALUE,   /* numbers, times, states, as well */
};
/* Appends it. */
void redact_text(struct redactor *redactor, enum redact_as as, const char *text, size_t length, struct buffer *out);

/* The same of a string of JSON: a new reference. */
json_t *redact_string(struct redactor *redactor, enum redact_as as, const json_t *text);

/* A whole body.  -1: it cannot be read, and nothing of it may be kept. */
int redact_xml(struct redactor *redactor, const char *text, size_t length, struct buffer *out);
int redact_json(struct redactor *redactor, const char *text, size_t length, struct buffer *out);

/* redact_words.c: is it a word of the protocols, or what they call a state?  How may a field (an element, an attribute,
   a key of JSON) be kept? */
bool redact_word_known(const char *word, size_t length);
bool redact_state_known(const char *word, size_t length);
enum redact_as redact_field(const char *name, size_t length);
/* A key that a service of Azure is known to have. */
bool redact_key_known(const char *name);

#endif
