/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/wsman/wire.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"

/* Windows' firewall drops packets to port 5986 unless a rule allows it, so a missing listener shows as a timeout. */
enum { CONNECT_TIME = 1000 }; /* ms */

/* The first request, kept for the other way. */
struct attempt {
	struct wire *wire;
	struct http_loop *loop;
	struct http_request request;
	struct buffer body;
	http_done *done;
	void *context;
};

const char *wire_url(const struct wire *wire)
{
	return wire->way == WIRE_LINE ? wire->end.url : wire->url;
}

bool wire_may_ask_openly(const struct wire *wire)
{
	return wire->way == WIRE_TLS || !wire->end.sealed;
}

static void by_line(struct wire *wire, struct http_loop *loop, const struct http_request *request, http_done *done,
                    void *context)
{
	if (wire->line == NULL)
		wire->line = line_new(&wire->end);
	line_post(wire->line, loop, request, done, context);
}

static void by_tls(const struct wire *wire, struct http_loop *loop, const struct http_request *request, http_done *done,
                   void *context)
{
	struct http_request there = *request;

	there.url = wire->url;
	http_start(loop, &there, done, context);
}

/* The host could not be connected. */
static bool nobody(const struct http_response *response)
{
	const enum error_code code = response->error.code;

	return !response->sent && response->error.step == STEP_CONNECT &&
	       (code == ERROR_REFUSED || code == ERROR_UNREACHABLE || code == ERROR_TIMEOUT);
}

static void tried(struct http_response *response, void *context)
{
	struct attempt *attempt = context;
	struct wire *wire = attempt->wire;

	/* Another request may have decided it meanwhile. */
	if (nobody(response) && wire->way != WIRE_TLS) {
		wire->way = WIRE_LINE;
		attempt->request.body = buffer_text(&attempt->body);
		by_line(wire, attempt->loop, &attempt->request, attempt->done, attempt->context);
	} else {
		if (!nobody(response))
			wire->way = WIRE_TLS;
		attempt->done(response, attempt->context);
	}
	buffer_free(&attempt->body);
	free(attempt);
}

static void try_either(struct wire *wire, struct http_loop *loop, const struct http_request *request, http_done *done,
                       void *context)
{
	struct attempt *attempt = must_alloc(sizeof *attempt);
	const int64_t left = deadline_left(&request->deadline);
	struct http_request there = *request;

	*attempt = (struct attempt){.wire = wire, .loop = loop, .request = *request, .done = done, .context = context};
	attempt->request.headers = NULL; /* a line has its own */
	buffer_add(&attempt->body, request->body, request->body_length);
	there.connect_time = left / 2 < CONNECT_TIME ? left / 2 + 1 : CONNECT_TIME;
	by_tls(wire, loop, &there, tried, attempt);
}

void wire_post(struct wire *wire, struct http_loop *loop, const struct http_request *request, http_done *done,
               void *context)
{
	switch (wire->way) {
	case WIRE_TLS:
		by_tls(wire, loop, request, done, context);
		break;
	case WIRE_LINE:
		by_line(wire, loop, request, done, context);
		break;
	case WIRE_EITHER:
		try_either(wire, loop, request, done, context);
	}
}

void wire_free(struct wire *wire)
{
	line_free(wire->line);
	wire->line = NULL;
}
