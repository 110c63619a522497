/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The transport to a WS-Man service: HTTPS, where libcurl logs in, or a line (line.h) over HTTP with encrypted
 * messages. Where both are allowed HTTPS is tried first.
 */
#ifndef CURFEW_PROVIDERS_WSMAN_WIRE_H
#define CURFEW_PROVIDERS_WSMAN_WIRE_H

#include <stdbool.h>

#include "providers/http/http.h"
#include "providers/wsman/envelope.h"
#include "providers/wsman/line.h"

enum wire_way {
	WIRE_TLS,    /* libcurl logs in, if there is a login */
	WIRE_LINE,   /* we do */
	WIRE_EITHER, /* not decided yet: WIRE_TLS, or WIRE_LINE if its port cannot be connected */
};

struct wire {
	enum wire_way way;
	char session[MESSAGE_ID_SIZE];    /* SessionId, which distinguishes clients */
	const char *url;                  /* of WIRE_TLS */
	const struct http_access *access; /* of WIRE_TLS */
	struct line_end end;              /* of the line, which is made when it is needed */
	struct line *line;
};

/* Where requests go now. */
const char *wire_url(const struct wire *wire);
/* May an unauthenticated Identify be sent? Only over TLS. */
bool wire_may_ask_openly(const struct wire *wire);
/* Like http_start(); the request's URL does not count. */
void wire_post(struct wire *wire, struct http_loop *loop, const struct http_request *request, http_done *done,
               void *context);
void wire_free(struct wire *wire);

#endif
