/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What policies would have done to a session that lived: policy_decide() at each moment at which something changes, on
 * the times of the timer.  Pure.
 *
 * Whom the policies would have disconnected or logged off is so until the next use of the session that the history has.
 * Then a new one begins: with the same people, who would have had to log on again.
 */
#ifndef CURFEW_REPLAY_H
#define CURFEW_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/ledger/history.h"
#include "lib/policy/policy.h"
#include "lib/rehearse/openings.h"
#include "lib/session/session.h"

/* The timer runs so often (contrib/curfew-enforce@.timer). */
enum { REPLAY_STEP = 5 * 60 * 1000 }; /* ms */
/* Who is back so soon would have been better left alone. */
enum { REGRET_WITHIN = 10 * 60 * 1000 }; /* ms */

/* The policies of one rehearsal, and a stretch of time. */
struct replay {
	const struct policy *policies;
	size_t count;
	int64_t from, to;
	struct openings *when, *deadline; /* one each */
	struct policy_moment *moments;    /* likewise */
};
void replay_make(struct replay *replay, const struct policy *policies, size_t count, int64_t from, int64_t to,
                 struct arena *arena);

/* The session beside what its life says. */
struct replay_subject {
	const char *target; /* its label */
	unsigned capabilities;
	const struct string_list *groups; /* NULL: unknown */
};

/* One step that would have been taken. */
struct replay_event {
	enum policy_step step;
	const struct policy *policy;
	enum policy_cause cause;
	int64_t at;
	bool came_back; /* the session was used later */
	bool regret;    /* within REGRET_WITHIN */
	int64_t freed;  /* POLICY_LOGOFF: ms until then, or until it ended by itself */
};
typedef void replay_teller(void *context, const struct replay_event *event);

void replay_life(const struct replay *replay, const struct life *life, const struct replay_subject *subject,
                 replay_teller *tell, void *context);

#endif
