/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the worker protocol's lines that both sides read and write (doc/design/worker-protocol.md). */
#ifndef CURFEW_WORKER_PROTOCOL_H
#define CURFEW_WORKER_PROTOCOL_H

#include <jansson.h>
#include <stdint.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/target/provider.h"

/* Writers return new references.  Readers check everything: a wrong value is ERROR_PROTOCOL. */
json_t *target_to_json(const struct target *target);
int target_from_json(const json_t *json, struct target *target, const struct provider *provider, struct arena *arena,
                     struct error *error);

/* enum need as a list of names.  NULL and unknown names mean that everything is needed. */
json_t *needs_to_json(unsigned needs);
unsigned needs_from_json(const json_t *json);

/* The time left, and the time on our CLOCK_MONOTONIC at which that was counted: a worker that starts late has less. */
void deadline_to_json(json_t *request, const struct deadline *deadline);
/* *left: ms, never below 0. */
int deadline_from_json(const json_t *request, int64_t *left, struct error *error);

json_t *action_to_json(const struct action *action);
int action_from_json(const json_t *json, struct action *action, struct arena *arena, struct error *error);

json_t *outcome_to_json(const struct outcome *outcome);
int outcome_from_json(const json_t *json, struct outcome *outcome, struct error *error);

json_t *trail_to_json(const struct trail *trail);
/* Keeps begun; leaves out unknown steps. */
void trail_from_json(const json_t *json, struct trail *trail);

/* True if this process records or replays (lib/tape/tape.h).  Its worker must then do so, too. */
void tape_to_request(json_t *request);

json_t *provider_to_json(const struct provider *provider); /* for --describe */

#endif
