/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * HTTPS with limits, for the worker programs of the providers that speak it:
 * one loop serves the requests of many targets at once by callback, and can be
 * run until one of them has ended.  By libcurl and OpenSSL; no header of theirs is needed to use it.
 *
 * What every request keeps to: HTTPS (plain HTTP to a loopback address, or by
 * permission), TLS 1.2 or later, no redirects, no .netrc, no cookies, a size
 * that its answer may have, and a deadline that counts waiting for its turn too.
 */
#ifndef CURFEW_PROVIDERS_HTTP_HTTP_H
#define CURFEW_PROVIDERS_HTTP_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/target/provider.h"

/* A file's contents, or none. */
struct http_blob {
	char *bytes;
	size_t length;
};
/* Reads a file by trusted_open(), at most 1 MiB; what was read is wiped when it is freed.  ERROR_CONFIG,
   ERROR_SYSTEM. */
int http_blob_load(struct http_blob *blob, const char *path, bool secret, struct error *error);
void http_blob_free(struct http_blob *blob);

enum http_login {
	HTTP_LOGIN_NONE,
	HTTP_LOGIN_BEARER, /* token */
	HTTP_LOGIN_BASIC,
	HTTP_LOGIN_NTLM,      /* inside Negotiate, by who has the line: libcurl has no part in it, and refuses it */
	HTTP_LOGIN_NEGOTIATE, /* Kerberos by the ticket cache; user and password are not used */
};

/* How a server is reached; zeroed, it is by the system's certificates and without a login.
   The texts and files are the caller's and must outlive the requests; NULL: none. */
struct http_access {
	struct http_blob authorities; /* PEM; empty: the system's */
	const char *pin;              /* SHA-256 of the server's certificate (DER), 64 lower-case hexadecimal digits:
	                                 neither issuer nor name count then */
	struct http_blob certificate; /* the client's own, PEM, with … */
	struct http_blob key;         /* … its key, PEM */
	enum http_login login;
	const char *token;
	const char *user;
	const char *password;
	const char *proxy; /* NULL: what the environment says, with euid 0 none; "": none */
	bool plain;        /* plain HTTP may be spoken with others than this machine */
};

/* "AB:CD:…", "abcd…" as the pin that http_access takes.  ERROR_CONFIG. */
const char *http_pin_parse(const char *text, struct arena *arena, struct error *error);

/* A connection of its own, for a login that holds for a connection (Negotiate): its requests use no other one, no
   proxy, and are made one at a time.  NULL if libcurl cannot be started.  Free it after the loop. */
struct http_line;
struct http_line *http_line_new(void);
void http_line_free(struct http_line *line);

struct http_request {
	const char *method; /* "GET", "POST", "DELETE" … */
	const char *url;
	const char *const *headers; /* "Name: value", ends in NULL; may be NULL */
	const char *body;           /* NULL: none, a POST has an empty one */
	size_t body_length;
	struct deadline deadline;
	size_t limit;   /* bytes that the answer's body may have; 0: 4 MiB */
	enum step step; /* what an error is about once the server is connected */
	const struct http_access *access;
	bool secret;            /* its body and the answer's are never recorded */
	int64_t connect_time;   /* ms that connecting may take; 0: up to the deadline */
	struct http_line *line; /* NULL: any connection */
	bool kept;              /* on the connection that the line's last request had, or not at all: see lost */
};

/* An answer with any status is no error, but a redirect is. */
struct http_response {
	struct error error;
	long status;
	struct buffer body;  /* freed by the loop after the callback; who takes it zeroes it */
	char type[64];       /* content type, lower case, without parameters; "" if there is none */
	int64_t retry_after; /* ms from now; -1: not said */
	bool offers_basic, offers_ntlm, offers_negotiate; /* of a 401 */
	bool sent;                                        /* the server may have got the request, if only in part */
	bool lost;                                        /* the line's connection has gone, which is an error, too */
	char *challenge;                      /* what follows "WWW-Authenticate: Negotiate"; NULL: nothing */
	bool reused;                          /* the connection was there already: the three times are 0 */
	int64_t resolved, connected, secured; /* ms each of these steps took */
};
void http_response_free(struct http_response *response);
/* Marks resolve and connect as steps of their own, if they were done for this answer. */
void http_trail(struct trail *trail, const struct http_response *response);

typedef void http_done(struct http_response *response, void *context);

struct http_loop;
/* At most so many requests are under way at once, the others wait for their turn; 0: 64.  SIGPIPE is
   ignored from then on.  NULL if libcurl cannot be started. */
struct http_loop *http_loop_new(size_t most);
/* Requests that are under way are dropped, without a callback. */
void http_loop_free(struct http_loop *loop);

/* Everything in the request is copied but what its access holds.  done is called from the loop, never
   from here, once, whatever happens; it may start further requests. */
void http_start(struct http_loop *loop, const struct http_request *request, http_done *done, void *context);
/* Calls back after so many ms. */
void http_later(struct http_loop *loop, int64_t milliseconds, void (*done)(void *context), void *context);

/* Runs until *over is true, or nothing is left to wait for; over may be NULL. */
void http_run(struct http_loop *loop, const bool *over);
/* One request from beginning to end; others that are under way go on meanwhile.  0, or -1 with
   response->error; free the response in either case. */
int http_ask(struct http_loop *loop, const struct http_request *request, struct http_response *response);

/* For one segment of a path, or a value in a query or form: all but letters, digits and "-._~" as %HH. */
const char *http_escape(struct arena *arena, const char *text);
/* Same scheme, host and port, and neither has a user in it.  false for what is no URL. */
bool http_same_origin(const char *a, const char *b);
/* Is its host a loopback address, or "localhost"? */
bool http_loopback(const char *url);
/* The port that it names or means; 0 for what is no URL. */
unsigned http_port(const char *url);
/* "https://host[:port]", for texts; "" for what is no URL. */
const char *http_origin(struct arena *arena, const char *url);

#endif
