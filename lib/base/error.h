/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What went wrong, where, and what to do about it.
 *
 * Functions that can fail return 0 or -1 and fill a struct error that the
 * caller owns; a NULL error is not allowed.  The first failure wins: a
 * function that fails while cleaning up leaves the error as it is.
 */
#ifndef CURFEW_ERROR_H
#define CURFEW_ERROR_H

#include <stdint.h>

#include "lib/base/buffer.h"

enum error_code {
	ERROR_NONE,
	ERROR_USAGE,        /* the command line */
	ERROR_CONFIG,       /* a configuration or sim file; text starts with file:line */
	ERROR_NO_SUCH_HOST, /* the name does not resolve */
	ERROR_REFUSED,      /* nothing listens */
	ERROR_UNREACHABLE,  /* no route, host down */
	ERROR_TIMEOUT,      /* the deadline passed */
	ERROR_AUTH,         /* the credentials were not accepted */
	ERROR_ACCESS,       /* logged in, but the right is missing */
	ERROR_GONE,         /* the back end says that this session does not exist */
	ERROR_CHANGED,      /* the session is another one, or not the same as it was */
	ERROR_PROTOCOL,     /* the other side broke the protocol */
	ERROR_UNSUPPORTED,  /* this system cannot do that */
	ERROR_CRASHED,      /* a worker program died */
	ERROR_CANCELLED,    /* this run was asked to stop */
	ERROR_SYSTEM,       /* an operating system call failed; native is errno */
};

/* The step of a visit to a host that failed, in the order they happen. */
enum step {
	STEP_NONE,
	STEP_RESOLVE,
	STEP_CONNECT,
	STEP_LOGIN,
	STEP_OPEN,
	STEP_LIST,
	STEP_PIN,
	STEP_ACT,
	STEP_VERIFY,
};

struct error {
	enum error_code code;
	enum step step;
	int64_t native; /* the back end's own code (errno, NTSTATUS, HTTP status); 0 if none */
	char text[256]; /* one line, UTF-8, no secrets: what was wrong */
	char hint[256]; /* one line: what to do; may be empty */
};

/* Fills *error and returns -1, so that callers can write "return error_set(...)".  If *error holds an error already,
 * that one stays. */
int error_set(struct error *error, enum error_code code, enum step step, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* error_set() for a failed system call: appends strerror(number) and sets native. */
int error_errno(struct error *error, int number, enum step step, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds the sentence that says what to do.  Returns -1 like error_set(). */
int error_hint(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

void error_clear(struct error *error);

/* Appends "text; hint", escaped for output. */
void error_show(struct buffer *out, const struct error *error);

/* Stable words ("timeout", "log in") for output and the worker protocol. */
const char *error_code_name(enum error_code code);
const char *step_name(enum step step);

/* The reverse; unknown words give ERROR_PROTOCOL and STEP_NONE. */
enum error_code error_code_parse(const char *name);
enum step step_parse(const char *name);

#endif
