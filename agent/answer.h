/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the polling process tells the serving one about a target: one JSON line behind the first one
 * (lib/child/protocol.h), with the snapshot in the form of the worker protocol (doc/design/worker-protocol.md).
 *
 *   {"target":"ts01","url":"sim:farm#ts01","provider":"sim","hosts":[{"index":1,"host":"ts01"}],
 *    "snapshot":{…}}            or   "error":{…}
 *   … "shared":3,"shared_with":"ts01"   so many more sessions are in the answer of that other target, of the same host
 *   {"end":2}                   after the last target: how many there were
 */
#ifndef CURFEW_ANSWER_H
#define CURFEW_ANSWER_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/session/session.h"

/* A host and its SNMP index. */
struct answer_host {
	uint32_t index;
	const char *name;
};

struct answer {
	const char *target; /* label */
	const char *url;
	const char *provider;
	struct answer_host *hosts; /* every host in the snapshot, or those known from before */
	size_t host_count;
	size_t shared; /* sessions that are left to another target of the same host (lib/target/host_names.h) */
	const char *shared_with;  /* its label; "" = none */
	struct snapshot snapshot; /* its arena owns the texts above too */
	struct error error;       /* ERROR_NONE: the snapshot holds the answer */
};

/* Which of the answer's hosts a session is on; host_count: none of them.  A session that names no host
   is on the snapshot's.  guess: where to begin, and what was found. */
size_t answer_host_find(const struct answer *answer, const struct session *session, size_t *guess);

json_t *answer_to_json(const struct answer *answer); /* a new reference */
/* Takes anything and trusts nothing: ERROR_PROTOCOL.  answer_free() it either way. */
int answer_from_json(const json_t *json, struct answer *answer, struct error *error);
void answer_free(struct answer *answer);

#endif
