/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One Windows host being talked to, in an event loop that it shares with the
 * others: probe, one SMB connection, and a pipe on it for each interface.
 *
 * An operation (open, list, pin, an act) is begun by a function here or in
 * list.c and act.c, and runs until host_end() or host_fail(); both only note
 * it, so they may be called from anywhere.  What runs the loop sees
 * host->busy fall, and frees the hosts; nothing else does.
 */
#ifndef CURFEW_PROVIDERS_TSTS_HOST_H
#define CURFEW_PROVIDERS_TSTS_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/target/provider.h"
#include "providers/tsts/access.h"
#include "providers/tsts/kerberos.h"
#include "providers/tsts/samba.h"
#include "providers/tsts/wire.h"

struct dcerpc_pipe;
struct probe;

struct engine {
	struct tevent_context *events;
	struct shared *shared;    /* of the hosts so far */
	struct kerberos kerberos; /* what Samba said about it */
	size_t ended;             /* operations that have ended and logins that were queued since the last look */
};

struct host {
	struct engine *engine;
	struct access access;
	struct trail *trail; /* NULL: nobody wants to know */
	struct probe *probe;
	char address[64]; /* the one that listens */
	struct dcerpc_pipe *pipes[WIRE_INTERFACES];
	struct error client_error; /* why there is no pipe for client data */
	size_t opening;            /* of the pipes */

	/* Set it before host_open() if there are many: then we connect by ourselves only to hosts that fail or take
	   long, and the login begins when it is allowed to. */
	bool one_of_many;
	bool login_queued; /* waits for host_login() */
	bool probing;      /* it failed or took long, and is being looked into */
	bool listens;      /* our own connection was accepted */
	struct error login_error;

	bool busy;
	unsigned operation; /* counts them: what was asked in another one is not listened to */
	enum step step;     /* what is being done, and an error is about */
	struct deadline deadline;
	struct tevent_timer *timer;
	struct error error;

	bool clocked;       /* the host's clock is known: */
	int64_t clock;      /* what it showed, ms since the epoch */
	int64_t clock_read; /* at this time on our monotonic clock */
	struct error clock_error;
	bool clock_asked; /* neither answered nor overdue yet */

	struct listing *listing; /* list.c's */
	struct hold *hold;       /* act.c's: the session that is being pinned */
};

/* An event loop for any number of hosts; NULL if there can be none. */
struct engine *engine_new(TALLOC_CTX *memory);
/* Runs the loop until the host's operation has ended.  0, or -1 with the host's error. */
int engine_run(struct engine *engine, struct host *host, struct error *error);

/* Frees the engine and its hosts; NULL is allowed. */
void engine_free(struct engine *engine);

/* Freed with talloc_free(), from outside the loop, which hangs up whatever the host is doing. */
struct host *host_new(struct engine *engine, const struct target *target, struct error *error);

/* open.c: an operation that ends with the host logged in to, its pipes open, its clock read. */
void host_open(struct host *host, const struct deadline *deadline, struct trail *trail);
/* Starts a queued login. */
void host_login(struct host *host);

/* The host's clock now, or ours if it is not known. */
int64_t host_now(const struct host *host);

/* For what is made of it: list.c, act.c. */
void host_begin(struct host *host, enum step step, const struct deadline *deadline, struct trail *trail);
void host_end(struct host *host);
void host_fail(struct host *host, const struct error *error);
int host_fail_status(struct host *host, uint32_t status);
void host_malformed(struct host *host, const char *what);

/* Another pipe on the same SMB connection; opened is called when it is there or error says why not. */
void host_open_pipe(struct host *host, enum wire_interface interface,
                    void (*opened)(struct host *host, const struct error *error));

/* One call: make it, fill its arena with the request, send it.  status is an NTSTATUS, 0 if there is a reply. */
struct call {
	struct host *host;
	struct arena arena;
	enum wire_interface interface;
	uint32_t opnum;
	unsigned operation;
	void (*done)(struct call *call, uint32_t status, struct wire_bytes reply);
	struct wire_bytes request; /* in the arena */
	int64_t number;            /* for a recording */
	size_t index;              /* the caller's own */
	void *context;
};
struct call *call_new(struct host *host, enum wire_interface interface, uint32_t opnum,
                      void (*done)(struct call *call, uint32_t status, struct wire_bytes reply));
void call_send(struct call *call, struct wire_bytes request);

#endif
