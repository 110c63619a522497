/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The calls of MS-TSTS, as far as this host has them, free of Samba. */
#ifndef CURFEW_TSTS_CALLS_H
#define CURFEW_TSTS_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/session/session.h"
#include "t/servers/tsts/host.h"
#include "t/servers/tsts/stub.h"

/* DCE-RPC faults (C706 appendix E, MS-RPCE). */
enum {
	FAULT_NO_SUCH_CALL = 0x1c010002,
	FAULT_BAD_HANDLE = 0x1c00001a,
	FAULT_BAD_STUB = 0x000006f7,
};

enum { HANDLE_SIZE = 20 };

/* A context handle that this connection has given out. */
struct handle {
	struct handle *next;
	uint8_t wire[HANDLE_SIZE];
	struct hold *hold; /* of a session; NULL: the common one */
};

/* Who is connected, and to what. */
struct caller {
	struct host *host;
	const char *user;
	const char *address; /* of ours that the client connected to */
	unsigned rights;     /* enum right */
	struct handle *handles;
	struct handle *common; /* of every enumeration and of the server: they have nothing to remember */
	struct arena arena;    /* of the present call */
};

/* Reads the request, writes the reply.  A DCE-RPC fault, or 0. */
typedef uint32_t call_function(struct caller *caller, struct reader *in, struct buffer *out);

struct call {
	const char *name; /* NULL: the end */
	unsigned opnum;
	call_function *function;
	bool delayed; /* waits as long as the host takes to answer */
	bool acts;    /* may take as long as a user does */
};

struct interface {
	const char *name, *uuid;
	unsigned version;
	const char *pipe; /* in lower case, as smbd asks for it */
	bool public;      /* without packet privacy, too */
	const struct call *calls;
};
extern const struct interface interfaces[]; /* ends in a NULL name */

extern const struct call session_calls[], enumeration_calls[], listener_calls[], legacy_calls[], clock_calls[];

/* One call: journal, the host's delay, the call itself, and what is to go wrong. */
struct settings {
	const char *farm, *host, *control, *journal;
};
const struct call *call_find(const struct interface *interface, unsigned opnum); /* or NULL */
uint32_t call_answer(const struct settings *settings, const struct call *call, struct caller *caller, struct reader *in,
                     struct buffer *out);

/* handle.c */
struct handle *handle_new(struct caller *caller, struct hold *hold);
struct handle *handle_get(struct caller *caller, struct reader *in); /* NULL: not one of ours */
void handle_close(struct caller *caller, struct handle *handle);
void handle_put(struct buffer *out, const struct handle *handle); /* NULL: zeros */

/* view.c: what the caller may see and do, and how it is written. */
bool may_see(const struct caller *caller, const struct session *session);
enum result caller_session(struct caller *caller, uint32_t number, struct session *session);
enum result caller_hold(struct caller *caller, uint32_t number, struct hold **hold);
enum result caller_name(struct caller *caller, const struct hold *hold, const struct session **session);
enum result caller_act(struct caller *caller, struct hold *hold, const struct action *action, struct outcome *outcome);
/* A message's answer as MessageBox() numbers them. */
uint32_t message_response(const struct outcome *outcome, bool waited);
const char *station_of(const struct session *session, struct arena *arena);
/* A FILETIME; 0: never, or unknown. */
uint64_t filetime(struct moment moment);

#endif
