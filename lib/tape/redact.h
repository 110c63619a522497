/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Redacts texts of hosts: names and addresses are replaced, each always by the same replacement.  Only what is known to
 * identify nobody stays: numbers and times of known fields, words of the protocols.
 *
 * A name becomes an 'n', one 'z' for each further character as far as there is room, and a number in letters (a name of
 * one letter may grow).  Digits become digits, a GUID a GUID, an address one of 198.18.0.0/15 (RFC 2544) or
 * 2001:db8::/32 (RFC 3849).  Case is ignored.
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
	REDACT_NAME,    /* only ASCII punctuation */
	REDACT_TARGET,  /* SCHEME://HOST[:PORT]…: also the scheme and the port */
	REDACT_ADDRESS, /* a URL, a path, a code: also words of the protocols */
	REDACT_VALUE,   /* also numbers, times and states */
};
/* Appends the redacted text. */
void redact_text(struct redactor *redactor, enum redact_as as, const char *text, size_t length, struct buffer *out);

/* The same for a string of JSON: a new reference. */
json_t *redact_string(struct redactor *redactor, enum redact_as as, const json_t *text);

/* Redacts a whole body.  -1: it cannot be parsed, and nothing of it may be kept. */
int redact_xml(struct redactor *redactor, const char *text, size_t length, struct buffer *out);
int redact_json(struct redactor *redactor, const char *text, size_t length, struct buffer *out);

/* redact_words.c: true for a word of the protocols or a state's name; how a field (an element, an attribute, a key
 * of JSON) may be kept. */
bool redact_word_known(const char *word, size_t length);
bool redact_state_known(const char *word, size_t length);
enum redact_as redact_field(const char *name, size_t length);
/* True for a key that Azure's services are known to use. */
bool redact_key_known(const char *name);

#endif
