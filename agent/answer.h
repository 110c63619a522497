/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answer of one target in a poll, and the indexes of its hosts. */
#ifndef CURFEW_ANSWER_H
#define CURFEW_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/name_index.h"
#include "lib/session/session.h"

/* A host and its SNMP index. */
struct answer_host {
	uint32_t index;
	const char *name;
	struct moment seen; /* before a restart of the agent */
	bool listed;        /* of a pool: its system lists it now, in use or not */
};

struct answer {
	const char *target; /* label */
	const char *url;
	const char *provider;
	struct arena arena;        /* owns what follows */
	struct answer_host *hosts; /* every host in the snapshot, or those known from before; each name once */
	size_t host_count, allocated;
	struct name_index names; /* of the hosts, in the same order */
	size_t shared;           /* sessions that another target of the same host has (lib/target/host_names.h) */
	const char *shared_with; /* its label; "" = none */
	struct snapshot snapshot;
	struct error error; /* ERROR_NONE: the snapshot holds the answer */
};

/* The host of this name, added if it is not in it yet; the name must live as long as the answer.  The pointer is valid
 * until the next call. */
struct answer_host *answer_host_add(struct answer *answer, uint32_t index, const char *name);
/* The index in hosts of a session's host; host_count: none.  A session without a host is on the snapshot's. */
size_t answer_host_find(const struct answer *answer, const struct session *session);
/* Frees the hosts, but not the snapshot. */
void answer_free(struct answer *answer);

#endif
