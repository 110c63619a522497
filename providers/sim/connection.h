/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by the files of sim: a host that was opened. */
#ifndef CURFEW_SIM_CONNECTION_H
#define CURFEW_SIM_CONNECTION_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/target/provider.h"
#include "providers/sim/play.h"
#include "providers/sim/sim.h"

struct connection {
	struct farm *farm; /* in a list_many() it serves many hosts */
	struct store *store;
	const struct farm_host *host;
	const char *name;
	const char *wanted; /* state file asked for; NULL: none */
	unsigned turn;      /* lists so far */
};

struct stage sim_stage(const struct connection *connection);

int sim_pin(struct connection *connection, const struct session *wanted, const struct deadline *deadline,
            struct pin **pin, struct session *now, int64_t *host_now, struct arena *arena, struct error *error);
int sim_act(struct pin *pin, const struct action *action, const struct deadline *deadline, struct outcome *outcome,
            struct error *error);
void sim_unpin(struct pin *pin);
void sim_list_many(struct visit **visits, size_t count, visit_done *done, void *context);

/* The steps of a list, for one visit or many. */
int sim_address(const struct target *target, struct arena *arena, const char **path, const char **host,
                struct error *error);
/* The time until the host answers, ms; INT64_MAX: it never does. */
int64_t sim_delay(const struct connection *connection);
/* Waits for that time, then applies the host's fault. */
int sim_respond(const struct connection *connection, const struct deadline *deadline, enum step step,
                struct error *error);
int sim_answer(struct connection *connection, struct trail *trail, struct snapshot *snapshot, struct error *error);

#endif
