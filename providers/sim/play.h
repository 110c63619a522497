/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of a host at one moment, from its script and the recorded events.  Pure. */
#ifndef CURFEW_SIM_PLAY_H
#define CURFEW_SIM_PLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "providers/sim/farm.h"
#include "providers/sim/store.h"

struct stage {
	const struct farm_host *host;
	const char *name; /* of the host */
	const struct store *store;
	int64_t now; /* true time, ms since the epoch */
};

/* The behaviour of the host at that moment. */
struct behaviour {
	enum fault fault;
	int64_t delay, skew; /* ms */
};
struct behaviour play_behaviour(const struct stage *stage);

/* The whole list, with the host's clock and fault applied.  turn counts the lists. */
void play_list(const struct stage *stage, unsigned turn, struct snapshot *snapshot);

/* One session by its id, texts in arena.  *script is its part of the file. */
bool play_session(const struct stage *stage, const char *id, struct session *session,
                  const struct farm_session **script, struct arena *arena);

/* The event of the script that this pin or act triggers, unless it has happened already; or NULL. */
const struct event *play_trigger(const struct stage *stage, const struct farm_session *script, enum trigger trigger);

#endif
