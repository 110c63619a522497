/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Requests to one WS-Man service over one connection that we log in to ourselves: by Negotiate, with Kerberos or NTLM.
 * Over plain HTTP each message is encrypted by that login, and none goes out, or is believed, that is not.
 */
#ifndef CURFEW_PROVIDERS_WSMAN_LINE_H
#define CURFEW_PROVIDERS_WSMAN_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/clock.h"
#include "providers/http/http.h"
#include "providers/wsman/seal.h"

struct line_end {
	const char *url;
	const struct http_access *access; /* without a login */
	struct seal_login login;
	bool sealed; /* encrypt: what is no TLS must */
};

struct line;
/* What the end points to must outlive the line. */
struct line *line_new(const struct line_end *end);
/* After the loop. */
void line_free(struct line *line);

/* Like http_start() with a POST of the request's body, in its turn; of the request, body, deadline, limit and step
   count.  The response is as if the body had come in the clear; it is application/soap+xml only if it was encrypted. */
void line_post(struct line *line, struct http_loop *loop, const struct http_request *request, http_done *done,
               void *context);

#endif
