/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What ladder_climb() promises, clause by clause: ladder.c proves them of the function itself, and policy.c takes them
 * for granted in its place.
 */
#ifndef CURFEW_PROOFS_LADDER_H
#define CURFEW_PROOFS_LADDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/policy/ladder.h"
#include "lib/policy/policy.h"
#include "t/proofs/proof.h"

/* A limit, or a lead, is at most a hundred years (duration_parse()). */
#define LENGTH_LIMIT INT64_C(3155760000000)
/* So many rungs are tried: each is one more turn of the same loops. */
enum { RUNGS = 2 };
/* What is added up of times stays within this. */
#define SUM_LIMIT (4 * TIME_LIMIT + 2 * LENGTH_LIMIT)

static inline bool within(int64_t when, int64_t limit)
{
	return when >= -limit && when <= limit;
}

/* What it may be asked. */
static inline bool ladder_asked_well(const struct ladder *ladder)
{
	bool well = within(ladder->due, SUM_LIMIT) && ladder->lead_count <= RUNGS &&
	            (ladder->opened_at == INT64_MIN || within(ladder->opened_at, TIME_LIMIT)) &&
	            (ladder->warn_from == INT64_MIN || within(ladder->warn_from, SUM_LIMIT)) &&
	            (ladder->end == POLICY_DISCONNECT || ladder->end == POLICY_LOGOFF);

	for (size_t i = 0; i < RUNGS; i++)
		well = well && (i >= ladder->lead_count || (ladder->lead[i] > 0 && ladder->lead[i] <= LENGTH_LIMIT));
	return well;
}

/* The warning of this rung counts. */
static inline bool rung_counts(const struct ladder *ladder, size_t rung, int64_t now)
{
	const struct policy_warnings *warnings = ladder->warnings;

	return warnings != NULL && warnings->rung[rung].at >= ladder->warn_from && warnings->rung[rung].at <= now &&
	       (warnings->rung[rung].state == WARNING_GIVEN ||
	        (warnings->rung[rung].state == WARNING_UNDELIVERED && ladder->unwarned_too));
}

/* What was promised lies between the two, but for the slack, which slack.c is about. */
static inline bool time_was_left(int64_t from, int64_t to, int64_t lead)
{
	return from + lead - to <= SLACK_MOST;
}

static inline bool climb_steps(const struct ladder *ladder, const struct ladder_place *place)
{
	return place->next == ladder->end || (place->next == POLICY_WARN && place->rung < ladder->lead_count);
}

static inline bool climb_skips_none(const struct ladder *ladder, int64_t now, const struct ladder_place *place)
{
	size_t below = place->next == POLICY_WARN ? place->rung : ladder->lead_count;
	bool all = true;

	for (size_t i = 0; i < RUNGS; i++)
		all = all && (i >= below || rung_counts(ladder, i, now));
	return all;
}

/* One that was given before the one in front of it is of an end that was put off, and is given again. */
static inline bool climb_repeats_none(const struct ladder *ladder, int64_t now, const struct ladder_place *place)
{
	bool all = true;

	for (size_t i = 0; i < RUNGS; i++)
		all = all && (place->next != POLICY_WARN || i != place->rung || !rung_counts(ladder, i, now) ||
		              (i > 0 && ladder->warnings->rung[i].at < ladder->warnings->rung[i - 1].at));
	return all;
}

/* The end, when it comes next, leaves the time that each warning promised, and comes not before the time that it told.
 */
static inline bool climb_keeps_times(const struct ladder *ladder, const struct ladder_place *place)
{
	bool all = true;

	for (size_t i = 0; i < RUNGS; i++)
		all = all && (place->next == POLICY_WARN || i >= ladder->lead_count ||
		              (time_was_left(ladder->warnings->rung[i].at, place->next_at, ladder->lead[i]) &&
		               ladder->warnings->rung[i].end_at <= place->next_at));
	return all;
}

/* A warning that is given now, or in its time, leaves its own. */
static inline bool climb_promises(const struct ladder *ladder, int64_t now, const struct ladder_place *place)
{
	bool all = true;

	for (size_t i = 0; i < RUNGS; i++)
		all = all && (place->next != POLICY_WARN || i != place->rung ||
		              (time_was_left(place->next_at, place->end_at, ladder->lead[i]) &&
		               time_was_left(now, place->end_at, ladder->lead[i])));
	return all;
}

static inline bool climb_waits(const struct ladder *ladder, const struct ladder_place *place)
{
	return place->end_at >= ladder->due && place->end_at >= ladder->opened_at &&
	       (place->next == POLICY_WARN ? place->next_at >= ladder->warn_from : place->next_at == place->end_at);
}

static inline bool climb_closes(const struct ladder *ladder, int64_t now, const struct ladder_place *place)
{
	return place->closing || (now < ladder->closes_at && place->end_at < ladder->closes_at);
}

static inline bool climb_stays_within(const struct ladder_place *place)
{
	return within(place->next_at, SUM_LIMIT + LENGTH_LIMIT) && within(place->end_at, SUM_LIMIT + LENGTH_LIMIT);
}

#endif
