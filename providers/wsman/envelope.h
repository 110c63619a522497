/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A SOAP 1.2 request of WS-Management (DSP0226 5, MS-WSMV 2.2.4), and what is
 * around the body of its answer.  Pure, but for the random bytes of an id.
 */
#ifndef CURFEW_PROVIDERS_WSMAN_ENVELOPE_H
#define CURFEW_PROVIDERS_WSMAN_ENVELOPE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/error.h"
#include "providers/wsman/xml.h"

/* "uuid:XXXXXXXX-XXXX-4XXX-XXXX-XXXXXXXXXXXX", upper case as Windows writes it (RFC 4122 4.4). */
enum { MESSAGE_ID_SIZE = 48 };
void message_id_make(char id[MESSAGE_ID_SIZE]);

/* The name and value of a selector or of an option. */
struct wsman_pair {
	const char *name, *value;
};

struct envelope {
	const char *id;       /* message_id_make() */
	const char *session;  /* likewise, the same for all messages of a client (MS-PSRP 3.1.4.9) */
	const char *to;       /* the URL it is posted to */
	const char *action;   /* ACTION_ENUMERATE … */
	const char *resource; /* ResourceURI */
	const struct wsman_pair *selectors;
	size_t selector_count;
	const struct wsman_pair *options;
	size_t option_count;
	int64_t time;     /* ms that the host may take: OperationTimeout */
	const char *body; /* XML; the prefixes s, a, n, x, w, p, rsp are declared around it */
};

/* The largest answer asked for, MaxEnvelopeSize: what Windows allows by default since 2012 (MaxEnvelopeSizekb 500).  It
   sends longer lists in several pages. */
enum { ENVELOPE_MOST = 512000 };

/* Texts of the envelope may hold anything; they are escaped. */
void envelope_write(struct buffer *out, const struct envelope *envelope);

/* Bodies.  enumerate: wql "" lists everything there is.  pull, release: context is what the last answer gave. */
void body_enumerate(struct buffer *out, const char *wql);
void body_pull(struct buffer *out, const char *context);
void body_release(struct buffer *out, const char *context);

/* The whole Identify request (DSP0226 11): it has no header. */
void identify_write(struct buffer *out);

/* The parsed answer: its envelope and body, and that it is to this request.  body is NULL for an error. */
struct answer {
	const struct xml_element *envelope;
	const struct xml_element *body;
};

/* An envelope, its Body, and RelatesTo (if it is there) equal to id; id NULL: not compared.  ERROR_PROTOCOL if
   not; step and host are for the error. */
int answer_read(struct answer *answer, const char *bytes, size_t length, const char *id, enum step step,
                const char *host, struct arena *arena, struct error *error);

/* What an Identify answer says: "Microsoft Corporation, OS: 10.0.14393 SP: 0.0 Stack: 3.0", cleaned, or NULL if it is
   none. */
const char *identity_read(const struct answer *answer, struct arena *arena);

#endif
