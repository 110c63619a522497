/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Replays the recorded life of a session against policies: calls policy_decide() at each moment at which something
 * changes, at the times of the timer.  Pure.  A session that the policies would have disconnected or logged off stays
 * so until it is next used in the history.  Then a new one begins, as if its user had logged on again.
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

/* The interval of the timer (contrib/curfew-enforce@.timer). */
enum { REPLAY_STEP = 5 * 60 * 1000 }; /* ms */
/* A user who is back within this time should not have been disconnected. */
enum { REGRET_WITHIN = 10 * 60 * 1000 }; /* ms */

/* The policies of one rehearsal, and its stretch of time. */
struct replay {
	const struct policy *policies;
	size_t count;
	int64_t from, to;
	struct openings *when, *deadline; /* one entry per policy */
	struct policy_moment *moments;    /* likewise */
	struct policy_warnings *warnings; /* room for those of one session: CAUSE_COUNT per policy */
};
void replay_make(struct replay *replay, const struct policy *policies, size_t count, int64_t from, int64_t to,
                 struct arena *arena);

/* What is known of the session beside its recorded life. */
struct replay_subject {
	const char *target; /* its target_key() */
	unsigned capabilities;
	const struct string_list *groups; /* NULL: unknown */
};

/* A step that the policies would have taken. */
struct replay_event {
	enum policy_step step;
	const struct policy *policy;
	enum policy_cause cause;
	int64_t at;
	bool came_back; /* the session was used later */
	bool regret;    /* within REGRET_WITHIN */
	int64_t until;  /* the session stays as it is until then: it is used, or it ended by itself */
	int64_t freed;  /* POLICY_LOGOFF: ms until then */
};
typedef void replay_teller(void *context, const struct replay_event *event);

void replay_life(const struct replay *replay, const struct life *life, const struct replay_subject *subject,
                 replay_teller *tell, void *context);

#endif
