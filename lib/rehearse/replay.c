/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/rehearse/replay.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/judge/classify.h"
#include "lib/ledger/history.h"
#include "lib/policy/policy.h"
#include "lib/rehearse/openings.h"
#include "lib/session/session.h"

/* The number of sightings after which a session may be ended. */
enum { LOOKS_ENOUGH = 2 };

/* A session at one moment of its life. */
struct walk {
	const struct replay *replay;
	const struct life *life;
	const struct replay_subject *subject;
	replay_teller *tell;
	void *context;
	struct session session;
	struct snapshot snapshot;
	struct policy_history history;
	bool cut, out; /* the policies have disconnected it, have logged it off */
	int64_t cut_at;
};

void replay_make(struct replay *replay, const struct policy *policies, size_t count, int64_t from, int64_t to,
                 struct arena *arena)
{
	*replay = (struct replay){.policies = policies, .count = count, .from = from, .to = to};
	replay->when = arena_alloc(arena, count * sizeof *replay->when);
	replay->deadline = arena_alloc(arena, count * sizeof *replay->deadline);
	replay->moments = arena_alloc(arena, count * sizeof *replay->moments);
	replay->warnings = arena_alloc(arena, count * CAUSE_COUNT * sizeof *replay->warnings);
	for (size_t i = 0; i < count; i++) {
		const struct policy *policy = &policies[i];

		/* One step more, because times are rounded up. */
		openings_make(&replay->when[i], &policy->when, policy->zone, &policy->holidays, from, to + REPLAY_STEP,
		              arena);
		openings_make(&replay->deadline[i], &policy->deadline, policy->zone, &policy->holidays, from,
		              to + REPLAY_STEP, arena);
	}
}

static int64_t episode_end(const struct life *life, size_t number)
{
	return number + 1 < life->count ? life->episodes[number + 1].since : life->until;
}

/* The next time that the session is used; INT64_MAX: not in this history. */
static int64_t next_use(const struct life *life, int64_t after)
{
	for (size_t i = 0; i < life->count; i++)
		if (life->episodes[i].since >= after &&
		    (life->episodes[i].usage == USAGE_ACTIVE || life->episodes[i].usage == USAGE_IDLE_UNKNOWN))
			return life->episodes[i].since;
	return INT64_MAX;
}

/* The session as a list would have shown it. */
static void dress(struct walk *walk, const struct episode *episode, int64_t now)
{
	struct session *session = &walk->session;
	bool disconnected = walk->cut || episode->usage == USAGE_DISCONNECTED;

	walk->snapshot.now = walk->snapshot.taken_at = now;
	session->state = disconnected ? STATE_DISCONNECTED : STATE_ACTIVE;
	session->disconnect_time = moment_at(walk->cut ? walk->cut_at : episode->since);
	session->last_input = moment_at(episode->usage == USAGE_ACTIVE ? now : episode->since);
	if (episode->usage == USAGE_IDLE_UNKNOWN)
		session->last_input.is = MOMENT_UNKNOWN;
	if (!disconnected)
		session->disconnect_time.is = MOMENT_NEVER;
}

static struct policy_decision decide(struct walk *walk, int64_t now)
{
	const struct replay *replay = walk->replay;
	const struct policy_set set = {replay->policies, replay->moments, replay->count, now};
	const struct policy_subject subject = {
	    .target = walk->subject->target,
	    .snapshot = &walk->snapshot,
	    .session = &walk->session,
	    .capabilities = walk->subject->capabilities,
	    .groups = walk->subject->groups,
	    .history = &walk->history,
	};

	for (size_t i = 0; i < replay->count; i++)
		replay->moments[i] = (struct policy_moment){*openings_at(&replay->when[i], now),
		                                            *openings_at(&replay->deadline[i], now)};
	return policy_decide(&set, &subject);
}

/* Those of this policy and cause, put in front of the others if they are the first. */
static struct policy_warnings *warnings_of(struct walk *walk, const struct policy_decision *decision)
{
	const size_t policy = (size_t)(decision->policy - walk->replay->policies);
	struct policy_warnings *wanted = &walk->replay->warnings[policy * CAUSE_COUNT + (size_t)decision->cause];
	struct policy_warnings *given = walk->history.warnings;

	while (given != NULL && given != wanted)
		given = given->next;
	if (given == NULL) {
		*wanted = (struct policy_warnings){.next = walk->history.warnings};
		walk->history.warnings = wanted;
	}
	return wanted;
}

static void warn(struct walk *walk, const struct policy_decision *decision, int64_t now)
{
	struct policy_warnings *warnings = warnings_of(walk, decision);

	if (warnings->policy == NULL || warnings->began != decision->began)
		*warnings = (struct policy_warnings){
		    .next = warnings->next,
		    .policy = decision->policy->name,
		    .cause = decision->cause,
		    .end = decision->end,
		    .began = decision->began,
		};
	warnings->rung[decision->rung].state = WARNING_GIVEN;
	warnings->rung[decision->rung].at = now;
	warnings->rung[decision->rung].end_at = decision->end_at;
}

static void take_step(struct walk *walk, const struct policy_decision *decision, int64_t now)
{
	int64_t use = next_use(walk->life, now);
	struct replay_event event = {
	    .step = decision->step,
	    .policy = decision->policy,
	    .cause = decision->cause,
	    .at = now,
	    .until = use < walk->life->until ? use : walk->life->until,
	    .came_back = use != INT64_MAX,
	    .regret = use != INT64_MAX && use - now <= REGRET_WITHIN,
	};

	if (decision->step == POLICY_WARN) {
		warn(walk, decision, now);
	} else if (decision->step == POLICY_DISCONNECT) {
		walk->cut = true;
		walk->cut_at = now;
	} else {
		walk->out = true;
		event.freed = event.until - now;
	}
	walk->tell(walk->context, &event);
}

static int64_t on_the_timer(int64_t at)
{
	return (at + REPLAY_STEP - 1) / REPLAY_STEP * REPLAY_STEP;
}

/* When to decide again; INT64_MAX: not before the session changes. */
static int64_t look_again(const struct walk *walk, const struct policy_decision *decision, int64_t now)
{
	const struct policy_moment *moment;

	if (decision->step != POLICY_LEAVE)
		return now + REPLAY_STEP;
	if (decision->reason == WHY_CLOSING) {
		moment = &walk->replay->moments[decision->policy - walk->replay->policies];
		return on_the_timer(decision->cause == CAUSE_DEADLINE ? moment->deadline.closes_at
		                                                      : moment->when.closes_at);
	}
	if (decision->next == POLICY_LEAVE)
		return INT64_MAX;
	return decision->next_at > now ? on_the_timer(decision->next_at) : now + REPLAY_STEP;
}

/* One episode, or the rest of it. */
static void walk_episode(struct walk *walk, const struct episode *episode, int64_t from, int64_t to)
{
	for (int64_t now = on_the_timer(from); now < to && !walk->out;) {
		struct policy_decision decision;

		dress(walk, episode, now);
		decision = decide(walk, now);
		if (decision.step != POLICY_LEAVE)
			take_step(walk, &decision, now);
		now = look_again(walk, &decision, now);
	}
}

/* The session is used: if it was ended, a new one begins. */
static void come_back(struct walk *walk, int64_t at)
{
	if (walk->out) {
		walk->history = (struct policy_history){.looks = LOOKS_ENOUGH, .state_since = moment_at(at)};
		walk->session.logon_time = moment_at(at);
	}
	if (walk->out || walk->cut)
		walk->session.connect_time = moment_at(at);
	walk->out = walk->cut = false;
}

void replay_life(const struct replay *replay, const struct life *life, const struct replay_subject *subject,
                 replay_teller *tell, void *context)
{
	struct walk walk = {
	    .replay = replay,
	    .life = life,
	    .subject = subject,
	    .tell = tell,
	    .context = context,
	    .session = *life->session,
	    .history = {.looks = LOOKS_ENOUGH},
	};

	walk.snapshot.complete = true;
	for (size_t i = 0; i < life->count; i++) {
		const struct episode *episode = &life->episodes[i];
		int64_t from = episode->since > replay->from ? episode->since : replay->from;
		int64_t to = episode_end(life, i) < replay->to ? episode_end(life, i) : replay->to;

		if (episode->usage == USAGE_ACTIVE || episode->usage == USAGE_IDLE_UNKNOWN)
			come_back(&walk, episode->since);
		if (i == 0 || episode->usage != life->episodes[i - 1].usage)
			walk.history.state_since = moment_at(episode->since);
		if (episode->usage != USAGE_OTHER)
			walk_episode(&walk, episode, from, to);
	}
}
