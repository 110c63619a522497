/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/policy/ladder.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/policy/policy.h"

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* True if the warning of this rung was given, and not before this moment.  *at: when. */
static bool warned(const struct ladder *ladder, size_t rung, int64_t since, int64_t now, int64_t *at)
{
	const struct policy_warnings *warnings = ladder->warnings;

	if (warnings == NULL || warnings->rung[rung].state == WARNING_NONE ||
	    (warnings->rung[rung].state == WARNING_UNDELIVERED && !ladder->unwarned_too))
		return false;
	*at = warnings->rung[rung].at;
	return *at >= since && *at <= now; /* a time in the future is of another clock */
}

int64_t ladder_slack(int64_t lead)
{
	return lead / 10 < SLACK_MOST ? lead / 10 : SLACK_MOST;
}

/* When the end comes if a warning is given at that moment.  A late warning puts it off, so that each user has the time
 * that was announced.  The duration of a run does not count as late: else each rung would wait for one more run, and no
 * end would come at its exact time. */
static int64_t put_off(int64_t end_at, int64_t at, int64_t lead)
{
	return at + lead - end_at > ladder_slack(lead) ? at + lead : end_at;
}

enum { PAUSE_FIRST = 5 * 60 * 1000, PAUSE_MOST = 60 * 60 * 1000 };

/* ms to wait after a failed try.  After the first one the next run tries again; then the pause doubles each time, up to
 * an hour, so that a system that takes no messages is not tried every five minutes for days. */
static int64_t ladder_pause(unsigned tries)
{
	int64_t pause = PAUSE_FIRST;

	for (unsigned i = 2; i < tries && pause < PAUSE_MOST; i++)
		pause *= 2;
	return tries < 2 ? 0 : pause < PAUSE_MOST ? pause : PAUSE_MOST;
}

/* When to try a rung again whose warning was not delivered; INT64_MIN: at once. */
static int64_t rests_until(const struct ladder *ladder, size_t rung, int64_t now)
{
	const struct policy_warnings *warnings = ladder->warnings;

	if (warnings == NULL || warnings->rung[rung].state != WARNING_UNDELIVERED ||
	    warnings->rung[rung].at < ladder->warn_from || warnings->rung[rung].at > now)
		return INT64_MIN;
	return warnings->rung[rung].at + ladder_pause(warnings->rung[rung].tries);
}

struct ladder_place ladder_climb(const struct ladder *ladder, int64_t now)
{
	struct ladder_place place = {.next = ladder->end, .end_at = later(ladder->due, ladder->opened_at)};
	size_t rung = 0;
	int64_t at = ladder->warn_from;

	/* Goes through the warnings in their order.  One that is older than the warning before it belongs to an end
	 * that was put off. */
	for (; rung < ladder->lead_count && warned(ladder, rung, at, now, &at); rung++) {
		place.end_at = put_off(place.end_at, at, ladder->lead[rung]);
		/* The policy's limit or leads may have been longer when it was given. */
		place.end_at = later(place.end_at, ladder->warnings->rung[rung].end_at);
	}
	place.next_at = place.due_at = place.end_at;
	if (rung < ladder->lead_count) {
		place.next = POLICY_WARN;
		place.rung = rung;
		place.next_at = later(place.end_at - ladder->lead[rung], ladder->warn_from);
		place.due_at = place.next_at + ladder->lead[rung];
		at = rests_until(ladder, rung, now);
		place.undelivered = at > now && at > place.next_at;
		place.next_at = place.undelivered ? at : place.next_at;
		place.end_at = put_off(place.end_at, later(place.next_at, now), ladder->lead[rung]);
	}
	place.closing = later(place.end_at, now) >= ladder->closes_at;
	return place;
}
