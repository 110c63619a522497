/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session, a policy and what a decision needs besides: for the tests of policies. */
#ifndef CURFEW_TEST_POLICY_SCENE_H
#define CURFEW_TEST_POLICY_SCENE_H

#include "t/unit/test.h"

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/policy/policy.h"
#include "lib/policy/schedule.h"
#include "lib/session/session.h"

enum { MINUTE = 60000, HOUR = 60 * MINUTE };
static const int64_t NOW = 1795260000000; /* 2026-11-21T11:20:00Z, a Saturday */

extern struct arena arena; /* freed by tear_down() */
int tear_down(void **state);

/* A session and all around it, as quiet as can be. */
struct scene {
	struct policy policies[2];
	size_t policy_count;
	struct policy_moment moments[2];
	struct policy_set set;
	struct session session;
	struct snapshot snapshot;
	struct policy_history history;
	struct policy_warnings warnings[CAUSE_COUNT]; /* of the first policy */
	struct policy_subject subject;
	struct string_list groups;
};

struct string_list list_of(const char *item);
struct schedule window(int day, int from, int to);

/* An hour idle is enough to be disconnected, after warnings ten minutes and one minute before; two hours
   disconnected to be logged off. */
struct policy office(void);

/* An active session of half an hour without input, under the office policy. */
void scene_make(struct scene *scene);
struct policy_decision decide_at(struct scene *scene, int64_t now);
void idle_for(struct scene *scene, int64_t length);
void disconnected_for(struct scene *scene, int64_t length);
void warn(struct scene *scene, const struct policy_decision *decision, enum warning_state state, int64_t when);
/* Both warnings of the office policy, given in time. */
void warned_in_time(struct scene *scene);

#endif
