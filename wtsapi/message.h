/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The protocol between the module and its broker.  A message is a series of "key=value" texts, each with its NUL, and
 * an empty text at the end.  A value is any text and needs no quoting; a key is never empty, so two NULs are the end.
 * Both sides are built from this file.  It needs nothing but libc and never exits, because one side runs in other
 * people's programs.
 */
#ifndef CURFEW_WTSAPI_MESSAGE_H
#define CURFEW_WTSAPI_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Requests and replies begin with "protocol=1".  To be raised when one of them changes its meaning: the module stays
 * in a running program when its broker is upgraded. */
enum { MESSAGE_PROTOCOL = 1 };

enum { MESSAGE_LIMIT = 64 * 1024 * 1024, REQUEST_LIMIT = 1024 * 1024 };

struct message {
	char *bytes;
	size_t length, allocated;
	bool failed; /* out of memory, or over MESSAGE_LIMIT: it must not be sent */
};

/* With NULL the key is left out. */
void message_put(struct message *message, const char *key, const char *value);
void message_put_number(struct message *message, const char *key, int64_t number);
void message_end(struct message *message);
void message_add(struct message *message, const char *bytes, size_t length);
void message_free(struct message *message);

/* True if the message is complete. */
bool message_whole(const struct message *message);

/* True if it begins with our protocol. */
bool message_known(const struct message *message);

/* Iterates over the texts of a complete message: the first for NULL, NULL at the end. */
const char *message_next(const struct message *message, const char *text);
/* The value of that key in this text, or NULL. */
const char *message_value(const char *text, const char *key);
/* The first value of that key in the whole message, or NULL. */
const char *message_find(const struct message *message, const char *key);
/* Reads a decimal number; -1 if it is none. */
int message_number(const char *value, int64_t *number);

#endif
