/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One state that the ledger may be in, and what each call makes of it (model.h). */
#ifndef CURFEW_SIMULATION_MODEL_STATE_H
#define CURFEW_SIMULATION_MODEL_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/ledger/ledger.h"
#include "lib/policy/policy.h"
#include "lib/session/session.h"

enum { PLACES_MOST = 64 };
/* Warnings of one session, of all policies. */
enum { WARNED_MOST = 32 };

/* A session, as it is remembered. */
struct memory {
	uint64_t serial;
	char host[16], id[12], user[16], birth[24];
	const char *provider;
	int64_t first_look, state_since, snoozed_until;
	enum session_state state;
	struct moment connect;
	unsigned snoozes;
	struct span cpu; /* the sum, */
	int64_t cpu_at;  /* when it was read */
	struct warned {
		char policy[20];
		uint8_t cause, rung, end, state;
		int64_t began, end_at, at;
	} warned[WARNED_MOST];
	size_t warned_count;
};

/* A target. */
struct place {
	char url[24];
	bool known;
	int64_t look, looked_at, ahead;
	struct memory *memories;
	size_t count, allocated;
};

struct state {
	bool clock_known;
	struct ledger_clock clock;
	struct place places[PLACES_MOST];
};

struct look_call {
	const struct ledger_look *looks;
	size_t count;
	const struct ledger_clock *now;
};
struct snooze_call {
	const struct session *session;
	const char *url;
	int64_t until;
};

struct state *state_make(void);
struct state *state_copy(const struct state *state);
void state_free(struct state *state);

/* Are the answers of this call those that this state gives?  why: the first that is not. */
bool state_answers(const struct state *state, const struct look_call *call, char *why, size_t size);
/* The calls: struct look_call, struct ledger_warning, struct snooze_call. */
void state_see(struct state *state, const void *call);
void state_warned(struct state *state, const void *call);
void state_snoozed(struct state *state, const void *call);

/* Adds everybody who is remembered there to the list, in the state that is remembered. */
void state_list(const struct state *state, size_t place, struct snapshot *snapshot);

#endif
