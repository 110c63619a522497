/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the module and its broker say to each other: a message is a row of
 * "key=value" texts, each with its NUL, and an empty one at the end.
 *
 * A value is any text, so nothing needs quoting; a key is never empty, so two
 * NULs are the end.  Both sides are built from this file.  It knows nothing but
 * libc and never ends the process: one side of it is somebody else's.
 */
#ifndef CURFEW_WTSAPI_MESSAGE_H
#define CURFEW_WTSAPI_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What requests and replies say first: "protocol=1".  To be raised when one of them changes its meaning.  The module
   stays in a running program when its broker is upgraded. */
enum { MESSAGE_PROTOCOL = 1 };

enum { MESSAGE_LIMIT = 64 * 1024 * 1024, REQUEST_LIMIT = 1024 * 1024 };

struct message {
	char *bytes;
	size_t length, allocated;
	bool failed; /* no memory, or over MESSAGE_LIMIT: it may not be sent */
};

/* NULL is passed over: the key is left out. */
void message_put(struct message *message, const char *key, const char *value);
void message_put_number(struct message *message, const char *key, int64_t number);
void message_end(struct message *message);
void message_add(struct message *message, const char *bytes, size_t length);
void message_free(struct message *message);

/* Has it come to its end? */
bool message_whole(const struct message *message);

/* Does it begin with our protocol? */
bool message_known(const struct message *message);

/* The texts of a whole message: message_next(message, NULL) is the first, NULL the end. */
const char *message_next(const struct message *message, const char *text);
/* What this text says of that key, or NULL. */
const char *message_value(const char *text, const char *key);
/* The first value of that key in the whole message, or NULL. */
const char *message_find(const struct message *message, const char *key);
/* A decimal number; -1: it is none. */
int message_number(const char *value, int64_t *number);

#endif
