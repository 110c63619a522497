/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Worker programs: a provider in a process of its own.
 *
 * The protocol is one JSON object per line, requests on the worker's stdin,
 * replies on its stdout (doc/design/worker-protocol.md):
 *
 *   {"id":null,"protocol":2,"version":"0.9"}            first of all, from the worker
 *
 *   {"id":1,"op":"list","targets":[{"url":"sim:farm"}],"deadline":5000}
 *   {"id":1,"target":0,"snapshot":{…},"trail":[…]}      one line per target, any order
 *   {"id":2,"op":"open","target":{"url":"sim:farm"},"deadline":5000}   → {"id":2,"ok":true}
 *   {"id":2,"op":"list","deadline":5000}                → {"id":2,"snapshot":{…},"trail":[…]}
 *   {"id":3,"op":"pin","session":{…},"deadline":5000}   → {"id":3,"session":{…},"now":"…"}
 *   {"id":4,"op":"act","action":{…},"deadline":5000}    → {"id":4,"outcome":{…}}
 *   {"id":5,"op":"unpin"}                               → {"id":5,"ok":true}
 *   any of them                                         → {"id":N,"error":{…}}
 *
 * A worker holds one connection and one pin at a time; end of input ends it.
 */
#ifndef CURFEW_WORKER_H
#define CURFEW_WORKER_H

#include "lib/target/provider.h"

#include <stdint.h>

/* The whole main() of a worker program.  --describe prints the provider's row as JSON. */
int worker_main(const struct provider *provider, int argc, char **argv);

/* The loop behind it: requests from stdin until its end.  Returns the exit status. */
int worker_serve(const struct provider *provider);

/* For a provider whose library may read standard input or print: redirects both to /dev/null, and uses other
 * descriptors for requests and replies. */
int worker_seclude(struct error *error);

/* provider.open … provider.close of a row with a program: they start it and talk to it. */
int worker_open(const struct target *target, const struct deadline *deadline, struct trail *trail,
                struct connection **connection, struct error *error);
int worker_list(struct connection *connection, const struct deadline *deadline, struct trail *trail,
                struct snapshot *snapshot, struct error *error);
int worker_pin(struct connection *connection, const struct session *wanted, const struct deadline *deadline,
               struct pin **pin, struct session *now, int64_t *host_now, struct arena *arena, struct error *error);
int worker_act(struct pin *pin, const struct action *action, const struct deadline *deadline, struct outcome *outcome,
               struct error *error);
void worker_unpin(struct pin *pin);
void worker_close(struct connection *connection);

/* The row of a provider that is a worker program. */
#define WORKER_FUNCTIONS                                                                                               \
	.open = worker_open, .list = worker_list, .pin = worker_pin, .act = worker_act, .unpin = worker_unpin,         \
	.close = worker_close

/* Defines name_worker_provider, which starts provider-name: the one line of a provider's row.c. */
#define WORKER_PROVIDER(name, row)                                                                                     \
	extern const struct provider name##_worker_provider;                                                           \
	const struct provider name##_worker_provider = {row, .program = "provider-" #name, WORKER_FUNCTIONS};

#endif
