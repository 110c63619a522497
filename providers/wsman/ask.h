/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Questions to a WS-Man service, on the loop of providers/http: one at a time
 * (Identify, Disconnect, Delete …), or a whole enumeration with its Pulls.
 * Any number of hosts are asked at once; everything is told by callback.
 */
#ifndef CURFEW_PROVIDERS_WSMAN_ASK_H
#define CURFEW_PROVIDERS_WSMAN_ASK_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "providers/http/http.h"
#include "providers/wsman/envelope.h"
#include "providers/wsman/fault.h"
#include "providers/wsman/wire.h"

/* A service.  What it points to must outlive the questions. */
struct wsman {
	struct http_loop *loop;
	struct wire *wire;
	const char *host;                 /* for texts */
	const struct http_access *access; /* how we log in */
	bool mutual; /* log in by the client's certificate: says so in a header (MS-WSMV 2.2.3.1) */
};

/* The answer to one question.  Everything in it is gone after the callback. */
struct wsman_reply {
	struct error error;       /* ERROR_NONE: it was done as asked */
	struct answer answer;     /* NULLs if there was none */
	bool faulted;             /* error comes from … */
	struct wsman_fault fault; /* … this */
	struct http_response *http;
	struct arena *arena; /* of the answer */
};
typedef void wsman_done(struct wsman_reply *reply, void *context);

struct wsman_question {
	const char *action, *resource;
	const struct wsman_pair *selectors;
	size_t selector_count;
	const struct wsman_pair *options;
	size_t option_count;
	const char *body; /* XML: body_enumerate() … */
	struct deadline deadline;
	enum step step; /* what an error is about */
};

/* Everything in the question is copied. */
void wsman_ask(const struct wsman *service, const struct wsman_question *question, wsman_done *done, void *context);

/* Who listens there?  unauthenticated: without logging in, which Windows allows for this question only
   (the header WSMANIDENTIFY, MS-WSMV 3.1.4.1.30), and only if wire_may_ask_openly().  identity_read() reads the
   answer. */
void wsman_identify(const struct wsman *service, bool unauthenticated, const struct deadline *deadline,
                    wsman_done *done, void *context);

/* An enumeration: Enumerate, then Pull until the end, and Release if it is given up before. */
struct enumeration {
	const char *resource;
	const char *wql; /* "": everything */
	struct deadline deadline;
	enum step step;
	/* Each page's Items, in their order; gone afterwards.  -1 with *error gives the enumeration up. */
	int (*items)(const struct xml_element *items, void *context, struct error *error);
	/* The answer to Enumerate itself has come, for its times and status; may be NULL. */
	void (*began)(const struct http_response *first, void *context);
	/* Once, at the end: error->code is ERROR_NONE if everything has come. */
	void (*done)(const struct error *error, void *context);
	void *context;
};
void wsman_enumerate(const struct wsman *service, const struct enumeration *enumeration);

/* An enumeration may not be longer: ERROR_PROTOCOL. */
enum { WSMAN_PAGES_MOST = 500, WSMAN_ITEMS_MOST = 200000 };

#endif
