/* SPDX-License-Identifier: GPL-3.0-or-later */
/* By the words of lib/ledger/ledger.h, not by its code. */
#include "t/simulation/model_state.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/ledger/ledger.h"
#include "lib/policy/policy.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "t/simulation/farm.h"

struct state *state_make(void)
{
	return must_alloc(sizeof(struct state));
}

struct state *state_copy(const struct state *state)
{
	struct state *copy = must_alloc(sizeof *copy);

	*copy = *state;
	for (size_t i = 0; i < PLACES_MOST; i++) {
		struct place *place = &copy->places[i];

		place->allocated = place->count;
		place->memories = NULL;
		if (place->count == 0)
			continue;
		place->memories = must_alloc(place->count * sizeof *place->memories);
		memcpy(place->memories, state->places[i].memories, place->count * sizeof *place->memories);
	}
	return copy;
}

void state_free(struct state *state)
{
	for (size_t i = 0; i < PLACES_MOST; i++)
		free(state->places[i].memories);
	free(state);
}

/* Targets of the simulation are numbered: "farm:3". */
static size_t place_number(const char *url)
{
	return (size_t)strtoul(strchr(url, ':') + 1, NULL, 10) % PLACES_MOST;
}

/* So are births: "b77". */
static uint64_t serial_of(const struct session *session)
{
	return session->birth[0] != '\0' ? strtoull(session->birth + 1, NULL, 10) : 0;
}

static struct memory *memory_find(const struct place *place, uint64_t serial)
{
	for (size_t i = 0; i < place->count; i++)
		if (place->memories[i].serial == serial)
			return &place->memories[i];
	return NULL;
}

static bool jumped(int64_t change)
{
	return change < -CLOCK_JUMP || change > CLOCK_JUMP;
}

/* Against the clock that cannot be set; after a start there is none, and only the way back can be told. */
static bool own_clock_jumped(const struct state *state, const struct ledger_clock *now)
{
	const struct ledger_clock *then = &state->clock;

	if (!state->clock_known)
		return false;
	if (now->wall - then->wall < -CLOCK_JUMP)
		return true;
	return strcmp(now->boot, then->boot) == 0 && jumped((now->wall - then->wall) - (now->uptime - then->uptime));
}

/* What one look at one target is. */
struct view {
	const struct place *place;
	const struct snapshot *snapshot;
	bool unsteady, apart;
	int64_t now, look; /* its number */
};

static struct view view_of(const struct state *state, const struct ledger_look *look, const struct ledger_clock *now)
{
	const struct place *place = &state->places[place_number(look->url)];
	struct view view = {.place = place, .snapshot = look->snapshot, .now = now->wall};
	int64_t ahead = look->snapshot->now - look->snapshot->taken_at;

	view.unsteady = place->known && (own_clock_jumped(state, now) || jumped(ahead - place->ahead));
	view.apart = !place->known || view.unsteady || now->wall - place->looked_at >= LOOKS_APART;
	view.look = place->look + view.apart;
	return view;
}

/* Was it in another state since the last look, or in between? */
static bool state_is_new(const struct memory *memory, const struct session *session)
{
	return memory->state != session->state ||
	       (memory->connect.is == MOMENT_KNOWN && session->connect_time.is == MOMENT_KNOWN &&
	        llabs(memory->connect.at - session->connect_time.at) > BEGAN_JITTER);
}

/* What has to be known of the session, this look included. */
static struct policy_history history_of(const struct view *view, const struct session *session)
{
	struct policy_history history = {.looks = 1, .state_since = moment_at(view->now)};
	const struct memory *memory = memory_find(view->place, serial_of(session));
	int64_t over;

	if (memory == NULL)
		return history;
	history.snoozes = memory->snoozes;
	if (view->unsteady) /* all times are worth nothing: it is as if it were seen for the first time */
		return history;
	history.looks = (unsigned)(view->look - memory->first_look + 1);
	if (!state_is_new(memory, session))
		history.state_since = moment_at(memory->state_since);
	history.snoozed_until = memory->snoozed_until;
	over = view->now - memory->cpu_at;
	if (memory->cpu.known && session->cpu_time.known && over >= LOOKS_APART &&
	    session->cpu_time.length >= memory->cpu.length) {
		history.cpu_used = (struct span){true, session->cpu_time.length - memory->cpu.length};
		history.cpu_over = over;
	}
	return history;
}

/* Is it among those that the ledger tells of? */
static bool tells(const struct policy_history *history, const struct warned *warned)
{
	const struct policy_warnings *warnings = history->warnings;

	while (warnings != NULL &&
	       (warnings->cause != (enum policy_cause)warned->cause || strcmp(warnings->policy, warned->policy) != 0))
		warnings = warnings->next;
	return warnings != NULL && warnings->end == (enum policy_step)warned->end &&
	       llabs(warnings->began - warned->began) <= BEGAN_JITTER &&
	       warnings->rung[warned->rung].state == (enum warning_state)warned->state &&
	       warnings->rung[warned->rung].at == warned->at && warnings->rung[warned->rung].end_at == warned->end_at;
}

/* Each that is remembered, and no other. */
static bool same_warnings(const struct policy_history *history, const struct memory *memory)
{
	size_t told = 0, count = memory != NULL ? memory->warned_count : 0;

	for (const struct policy_warnings *warnings = history->warnings; warnings != NULL; warnings = warnings->next)
		for (size_t rung = 0; rung < WARNINGS_MOST; rung++)
			told += warnings->rung[rung].state != WARNING_NONE;
	for (size_t i = 0; i < count; i++)
		if (!tells(history, &memory->warned[i]))
			return false;
	return told == count;
}

/* NULL: they are the same; else what is not. */
static const char *difference(const struct policy_history *a, const struct policy_history *b)
{
	if (a->looks != b->looks)
		return "the number of looks";
	if (!moment_equal(a->state_since, b->state_since))
		return "since when it is in its state";
	if (a->snoozed_until != b->snoozed_until || a->snoozes != b->snoozes)
		return "more time that its user has";
	if (a->cpu_used.known != b->cpu_used.known ||
	    (a->cpu_used.known && (a->cpu_used.length != b->cpu_used.length || a->cpu_over != b->cpu_over)))
		return "what its programs have used";
	return NULL;
}

bool state_answers(const struct state *state, const struct look_call *call, char *why, size_t size)
{
	for (size_t i = 0; i < call->count; i++) {
		const struct ledger_look *look = &call->looks[i];
		const struct view view = view_of(state, look, call->now);

		if (view.unsteady != look->clock_unsteady) {
			snprintf(why, size, "%s: whether a clock was set (%d, and it is %d)", look->url,
			         look->clock_unsteady, view.unsteady);
			return false;
		}
		for (size_t j = 0; j < look->snapshot->count; j++) {
			const struct session *session = &look->snapshot->sessions[j];
			const struct policy_history wanted = history_of(&view, session);
			const char *what = difference(&look->histories[j], &wanted);

			/* After a clock was set it is as if nobody had been warned. */
			if (what == NULL &&
			    !same_warnings(&look->histories[j],
			                   view.unsteady ? NULL : memory_find(view.place, serial_of(session))))
				what = "its warnings";
			if (what == NULL)
				continue;
			snprintf(why, size,
			         "%s, session %s: %s (looks %u and %u, state since %" PRId64 " and %" PRId64
			         ", snoozed until %" PRId64 " and %" PRId64 ")",
			         look->url, session->birth, what, look->histories[j].looks, wanted.looks,
			         look->histories[j].state_since.at, wanted.state_since.at,
			         look->histories[j].snoozed_until, wanted.snoozed_until);
			return false;
		}
	}
	return true;
}

static struct memory *memory_add(struct place *place, const struct session *session, const struct view *view)
{
	struct memory *memory;

	if (place->count == place->allocated) {
		place->allocated = place->allocated * 2 + 16;
		place->memories = must_realloc(place->memories, place->allocated * sizeof *place->memories);
	}
	memory = &place->memories[place->count++];
	*memory = (struct memory){.serial = serial_of(session),
	                          .provider = provider_find(farm_providers, session->provider)->scheme,
	                          .first_look = view->look,
	                          .state = session->state,
	                          .state_since = view->now,
	                          .connect = session->connect_time,
	                          .cpu = session->cpu_time,
	                          .cpu_at = view->now};
	snprintf(memory->host, sizeof memory->host, "%s", session->host);
	snprintf(memory->id, sizeof memory->id, "%s", session->id);
	snprintf(memory->user, sizeof memory->user, "%s", session->user);
	snprintf(memory->birth, sizeof memory->birth, "%s", session->birth);
	return memory;
}

/* Everybody is new, but for how often he has asked. */
static void place_renew(struct place *place, const struct view *view)
{
	for (size_t i = 0; i < place->count; i++) {
		struct memory *memory = &place->memories[i];

		memory->first_look = view->look;
		memory->state_since = view->now;
		memory->snoozed_until = 0;
		memory->cpu.known = false;
		memory->warned_count = 0;
	}
}

static void place_forget(struct place *place, const struct snapshot *snapshot)
{
	size_t kept = 0;

	for (size_t i = 0; i < place->count; i++) {
		bool there = false;

		for (size_t j = 0; j < snapshot->count && !there; j++)
			there = serial_of(&snapshot->sessions[j]) == place->memories[i].serial;
		if (there)
			place->memories[kept++] = place->memories[i];
	}
	place->count = kept;
}

static void session_see(struct place *place, const struct session *session, const struct view *view)
{
	struct memory *memory = memory_find(place, serial_of(session));
	const bool is_new = memory != NULL && state_is_new(memory, session);

	if (serial_of(session) == 0)
		return;
	if (memory == NULL)
		memory_add(place, session, view);
	else if (is_new) {
		memory->state = session->state;
		memory->state_since = view->now;
	}
	/* One that is not told, or told a little differently, takes the place of none. */
	if (memory != NULL && session->connect_time.is == MOMENT_KNOWN &&
	    (is_new || memory->connect.is != MOMENT_KNOWN))
		memory->connect = session->connect_time;
	if (memory != NULL && view->apart) {
		memory->cpu = session->cpu_time;
		memory->cpu_at = view->now;
	}
}

void state_see(struct state *state, const void *data)
{
	const struct look_call *call = data;

	for (size_t i = 0; i < call->count; i++) {
		const struct ledger_look *look = &call->looks[i];
		struct place *place = &state->places[place_number(look->url)];
		const struct view view = view_of(state, look, call->now);

		snprintf(place->url, sizeof place->url, "%s", look->url);
		place->known = true;
		if (view.apart) {
			place->looked_at = view.now;
			place->ahead = look->snapshot->now - look->snapshot->taken_at;
		}
		place->look = view.look;
		if (view.unsteady)
			place_renew(place, &view);
		for (size_t j = 0; j < look->snapshot->count; j++)
			session_see(place, &look->snapshot->sessions[j], &view);
		if (look->snapshot->complete)
			place_forget(place, look->snapshot);
	}
	state->clock_known = true;
	state->clock = *call->now;
}

static struct memory *memory_of(struct state *state, const char *url, const struct session *session)
{
	return memory_find(&state->places[place_number(url)], serial_of(session));
}

/* The first warning of an episode, or of another end, ends what the policy said before. */
static void forget_warned(struct memory *memory, const struct ledger_warning *warning)
{
	size_t kept = 0;

	for (size_t i = 0; i < memory->warned_count; i++) {
		const struct warned *old = &memory->warned[i];
		const bool same =
		    strcmp(old->policy, warning->policy) == 0 && (enum policy_cause)old->cause == warning->cause;

		if (!same || (old->rung != warning->rung && (enum policy_step)old->end == warning->end &&
		              llabs(old->began - warning->began) <= BEGAN_JITTER))
			memory->warned[kept++] = *old;
	}
	memory->warned_count = kept;
}

void state_warned(struct state *state, const void *data)
{
	const struct ledger_warning *warning = data;
	struct memory *memory = memory_of(state, warning->url, warning->session);
	struct warned *warned;

	if (memory == NULL)
		return;
	forget_warned(memory, warning);
	if (memory->warned_count == WARNED_MOST)
		abort();
	warned = &memory->warned[memory->warned_count++];
	*warned = (struct warned){.cause = (uint8_t)warning->cause,
	                          .rung = (uint8_t)warning->rung,
	                          .end = (uint8_t)warning->end,
	                          .state = (uint8_t)warning->state,
	                          .began = warning->began,
	                          .end_at = warning->end_at,
	                          .at = warning->at};
	snprintf(warned->policy, sizeof warned->policy, "%s", warning->policy);
}

void state_snoozed(struct state *state, const void *data)
{
	const struct snooze_call *call = data;
	struct memory *memory = memory_of(state, call->url, call->session);

	if (memory == NULL)
		return;
	memory->snoozed_until = call->until;
	memory->snoozes++;
}

void state_list(const struct state *state, size_t number, struct snapshot *snapshot)
{
	const struct place *place = &state->places[number];

	for (size_t i = 0; i < place->count; i++) {
		const struct memory *memory = &place->memories[i];
		struct session *session = snapshot_add(snapshot);

		session->provider = memory->provider;
		session->host = arena_strdup(&snapshot->arena, memory->host);
		session->id = arena_strdup(&snapshot->arena, memory->id);
		session->user = arena_strdup(&snapshot->arena, memory->user);
		session->birth = arena_strdup(&snapshot->arena, memory->birth);
		session->state = memory->state;
		session->connect_time = memory->connect;
		session->cpu_time = memory->cpu;
	}
}
