/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A session's information has at most 20 characters of a user's name and 17 of
 * a domain's (MS-TSTS 2.2.2.11).  What may have been cut is asked for again by
 * RpcGetUserName (3.3.4.1.6), which takes a session's handle and not its id.
 */
#ifndef CURFEW_PROVIDERS_TSTS_WHOLE_H
#define CURFEW_PROVIDERS_TSTS_WHOLE_H

#include "providers/tsts/host.h"

#include <stdint.h>

#include "lib/base/arena.h"
#include "providers/tsts/wire.h"

struct hold;

/* A query for whole names, and where the result goes. All of it must outlive the operation. */
struct whole {
	struct host *host;
	uint32_t id;
	struct wire_session *told;
	struct arena *arena;               /* of told's texts */
	void (*done)(struct whole *whole); /* called once, also after a failure */
	struct hold *hold;                 /* the caller's own */
	struct wire_handle handle;         /* for whole_ask() */
};

/* Opens the session, queries, closes it. */
void whole_begin(struct whole *whole);
/* The same with an open handle, which stays open. */
void whole_ask(struct whole *whole);

#endif
