/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One request and its answer in libcurl's loop. Private to this folder. */
#ifndef CURFEW_PROVIDERS_HTTP_EXCHANGE_H
#define CURFEW_PROVIDERS_HTTP_EXCHANGE_H

#include <curl/curl.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "providers/http/http.h"

/* Bytes of an answer's headers. */
enum { EXCHANGE_HEADERS_MOST = 64 * 1024 };

struct http_line {
	CURLSH *share; /* has the one connection */
	int port;      /* its end here */
};

struct exchange {
	struct exchange *previous, *next; /* in the loop's list of those that wait, or that are under way */
	CURL *easy;
	struct curl_slist *headers;
	struct deadline deadline;
	size_t limit, header_bytes;
	bool too_large;
	bool proxied;     /* by a proxy that the caller has named */
	bool environment; /* the environment may name one */
	bool greeted;     /* the first bytes of TLS have gone out, so TCP is connected */
	bool wrote;       /* some of the request has gone out */
	struct http_line *line;
	bool kept;
	bool tls;                     /* https is asked for … */
	unsigned port;                /* … at this port */
	struct http_blob authorities; /* the caller's bytes; empty: the system's */
	enum http_login login;
	bool own_login;       /* the caller's headers have it */
	char other_login[17]; /* a login that libcurl has sent instead; "" = none */
	char pin[65];         /* "" = none */
	char seen[65];        /* the certificate that came, when a pin is asked for */
	char host[128];       /* for error texts */
	char why[CURL_ERROR_SIZE];
	enum step step;
	struct http_response response;
	http_done *done;
	void *context;
};

/* NULL: no memory for a handle.  An error that is found already is in the response. */
struct exchange *exchange_new(const struct http_request *request);
void exchange_free(struct exchange *exchange);
/* libcurl is done with it: fills the response. */
void exchange_end(struct exchange *exchange, CURLcode code);

/* Every option goes through this: one that libcurl does not take ends the request before a byte of it is sent, and
   what comes after it, such as a password, is not even given to libcurl. */
#define EXCHANGE_SET(exchange, option, value)                                                                          \
	do {                                                                                                           \
		if ((exchange)->response.error.code == ERROR_NONE)                                                     \
			exchange_took((exchange), #option, curl_easy_setopt((exchange)->easy, (option), (value)));     \
	} while (0)

/* used.c: takes the answer to an option; looks at the connection before a request is written (libcurl's prereq
   function); reads the login as it was sent (its debug function), and fails an exchange that had another one. */
void exchange_took(struct exchange *exchange, const char *option, CURLcode code);
int exchange_before(void *context, char *address, char *local_address, int port, int local_port);
int exchange_hear(CURL *easy, curl_infotype type, char *bytes, size_t length, void *context);
void exchange_after(struct exchange *exchange);
/* "NTLM", as it is in a header; "" for none. */
const char *exchange_scheme(enum http_login login);

/* error.c: translates libcurl's error. */
void exchange_error(struct exchange *exchange, CURLcode code);
/* tls.c: asks that the server's certificate is the pinned one. */
void exchange_pin(struct exchange *exchange);
/* tls.c: SHA-256 of a certificate, as a pin is written; "" if it cannot be made. */
void exchange_fingerprint(X509 *certificate, char fingerprint[65]);

#endif
