/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session held by an open handle, and acts on it. */
#ifndef CURFEW_PROVIDERS_TSTS_ACT_H
#define CURFEW_PROVIDERS_TSTS_ACT_H

#include "providers/tsts/host.h"

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "providers/tsts/whole.h"
#include "providers/tsts/wire.h"

struct hold {
	struct host *host;
	uint32_t id;
	bool held;
	struct wire_handle handle;
	struct arena arena;       /* told's texts */
	struct wire_session told; /* as it was read last */
	struct whole whole;       /* told's names, if they were cut */
	bool wants_client, has_client;
	struct wire_client client;
	const struct action *action;
	struct outcome *outcome;
	int64_t ordered; /* when the log off was accepted, monotonic ms */
	struct tevent_timer *looking;
};

/* Opens a handle on the session, then reads the session, and its client if wanted. A client that cannot be read is
   no error. */
void hold_begin(struct hold *hold, const struct deadline *deadline);
/* Closes the handle: an operation that cannot fail. */
void hold_close(struct hold *hold, const struct deadline *deadline);
/* Sends the order. A log off ends when the session has gone, or shortly before the deadline. */
void act_begin(struct hold *hold, const struct action *action, const struct deadline *deadline,
               struct outcome *outcome);

#endif
