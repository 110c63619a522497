/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One request and its answer, as libcurl's loop has it.  Nobody outside this folder includes it. */
#ifndef CURFEW_PROVIDERS_HTTP_EXCHANGE_H
#define CURFEW_PROVIDERS_HTTP_EXCHANGE_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/clock.h"
#include "lib/error.h"
#include "providers/http/http.h"

/* Bytes of an answer's headers. */
enum { EXCHANGE_HEADERS_MOST = 64 * 1024 };

struct exchange {
	struct exchange *previous, *next; /* in the loop's list of those that wait, or that are under way */
	CURL *easy;
	struct curl_slist *headers;
	struct deadline deadline;
	size_t limit, header_bytes;
	bool too_large;
	bool proxied;     /* by a proxy that the caller has named */
	bool environment; /* the environment may name one */
	char pin[65];     /* "" = none */
	char seen[65];    /* the certificate that came, when a pin is asked for */
	char host[128];   /* for error texts */
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

/* error.c: what libcurl said, in our words. */
void exchange_error(struct exchange *exchange, CURLcode code);
/* tls.c: asks that the server's certificate is the pinned one. */
void exchange_pin(struct exchange *exchange);

#endif
