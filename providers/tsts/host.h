/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A connection to one Windows host in a shared event loop: probe, one SMB connection, and a pipe for each interface.
 * An operation (open, list, pin, an act) is started by a function here or in list.c and act.c, and runs until
 * host_end() or host_fail(). Both only set flags, so they may be called from anywhere. Only the caller of the event
 * loop, which checks host->busy, frees hosts.
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
	struct shared *shared;    /* parameters and tickets that hosts share */
	struct kerberos kerberos; /* messages of Samba's log about it */
	size_t ended;             /* operations ended and logins queued since the caller of the loop last checked */
	struct host *hosts;
};

/* A talloc context without a parent: talloc finds a parent by going through all its children, at every call. */
struct host {
	struct engine *engine;
	struct host *next, *previous; /* in engine->hosts */
	struct access access;
	struct trail *trail; /* may be NULL */
	struct probe *probe;
	char address[64]; /* the address in use */
	struct dcerpc_pipe *pipes[WIRE_INTERFACES];
	struct error client_error; /* why there is no pipe for client data */
	size_t opening;            /* pipes being opened */

	/* Set before host_open() for many hosts: only hosts that fail or are slow are probed, and logins are
	   queued. */
	bool one_of_many;
	bool login_queued; /* waits for host_login() */
	bool probing;      /* being probed because the login failed or is slow */
	bool listens;      /* our own connection was accepted */
	struct error login_error;

	bool busy;
	unsigned operation; /* counts operations: replies to calls of an earlier one are ignored */
	enum step step;     /* the step in progress, for errors */
	struct deadline deadline;
	struct tevent_timer *timer;
	struct error error;

	bool clocked;       /* the host's clock is known: */
	int64_t clock;      /* its time, ms since the epoch */
	int64_t clock_read; /* our monotonic clock at that moment */
	struct error clock_error;
	bool clock_asked; /* the reply is outstanding */

	struct listing *listing; /* list.c's */
	struct hold *hold;       /* act.c's: the session that is being pinned */
};

/* An event loop for any number of hosts; NULL if there can be none. */
struct engine *engine_new(TALLOC_CTX *memory);
/* Runs the loop until the host's operation has ended.  0, or -1 with the host's error. */
int engine_run(struct engine *engine, struct host *host, struct error *error);

/* Frees the engine and its hosts; NULL is allowed. */
void engine_free(struct engine *engine);

/* Freed with talloc_free() outside of the event loop; that closes the connection in any state. */
struct host *host_new(struct engine *engine, const struct target *target, struct error *error);

/* open.c: logs in, opens the pipes, reads the clock. */
void host_open(struct host *host, const struct deadline *deadline, struct trail *trail);
/* Starts a queued login. */
void host_login(struct host *host);

/* The host's clock now, or ours if it is not known. */
int64_t host_now(const struct host *host);

/* For operations in list.c and act.c. */
void host_begin(struct host *host, enum step step, const struct deadline *deadline, struct trail *trail);
void host_end(struct host *host);
void host_fail(struct host *host, const struct error *error);
int host_fail_status(struct host *host, uint32_t status);
void host_malformed(struct host *host, const char *what);

/* Opens another pipe on the SMB connection; opened is called in the end, with an error if it failed. */
void host_open_pipe(struct host *host, enum wire_interface interface,
                    void (*opened)(struct host *host, const struct error *error));

/* A call: create it, build the request in its arena, send it. status is an NTSTATUS, 0 if there is a reply. */
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
