/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/judge/classify.h"

/* The time since the moment on the host's clock; unknown if the moment is not known or in the future. */
static struct span since(struct moment moment, int64_t host_now)
{
	int64_t length = host_now - moment.at;

	if (moment.is != MOMENT_KNOWN || length < -CLOCK_TOLERANCE)
		return (struct span){false, 0};
	return (struct span){true, length > 0 ? length : 0};
}

/* The time without input; *reason says why if it is unknown. */
static struct span idle_time(const struct session *session, int64_t host_now, const char **reason)
{
	struct span idle = since(session->last_input, host_now);

	if (session->last_input.is == MOMENT_NEVER) {
		*reason = "active; no input yet, and its connect time is not known";
		return idle;
	}
	if (session->last_input.is == MOMENT_UNKNOWN) {
		*reason = "active; the time of the last input is not known";
		return idle;
	}
	if (!idle.known) {
		*reason = "active; its last input is in the future, so its idle time is not known";
		return idle;
	}
	if (session->connect_time.is == MOMENT_KNOWN &&
	    session->last_input.at < session->connect_time.at - CLOCK_TOLERANCE) {
		*reason = "active; its last input is before its connect, so its idle time is not known";
		idle.known = false;
	}
	return idle;
}

static void classify_active(struct classification *result, const struct session *session, int64_t host_now,
                            int64_t idle_after)
{
	result->idle = idle_time(session, host_now, &result->reason);
	if (!result->idle.known) {
		result->idle.length = 0;
		result->usage = USAGE_IDLE_UNKNOWN;
	} else if (result->idle.length >= idle_after) {
		result->usage = USAGE_IDLE;
		result->reason = "active without input for at least the idle limit";
	} else {
		result->usage = USAGE_ACTIVE;
		result->reason = "active with input within the idle limit";
	}
}

static void classify_disconnected(struct classification *result, const struct session *session, int64_t host_now)
{
	result->usage = USAGE_DISCONNECTED;
	result->disconnected = since(session->disconnect_time, host_now);
	result->reason = result->disconnected.known
	                     ? "no client, programs running"
	                     : "no client, programs running; the time of the disconnect is not known";
}

static const char *class_reason(enum session_class class)
{
	switch (class) {
	case CLASS_NONE:
		return "not counted: no user is logged on";
	case CLASS_CONSOLE:
		return "not counted: the console";
	case CLASS_SERVICES:
		return "not counted: services";
	case CLASS_LISTENER:
		return "not counted: a listener";
	case CLASS_GHOST:
		return "not counted: a ghost, listed by the broker and not seen on its host";
	case CLASS_USER:
		break;
	}
	return "not counted: its class was not selected (--class)";
}

struct classification classify(const struct session *session, int64_t host_now, int64_t idle_after, unsigned classes)
{
	struct classification result = {
	    .usage = USAGE_OTHER,
	    .state_unknown = session->state == STATE_OTHER,
	    .reason = session->state == STATE_OTHER ? "a user session whose state is not known"
	                                            : "a user session that is neither active nor disconnected",
	};

	host_now += session->clock_ahead;
	if (session->state == STATE_ACTIVE)
		classify_active(&result, session, host_now, idle_after);
	else if (session->state == STATE_DISCONNECTED)
		classify_disconnected(&result, session, host_now);
	result.counted = (classes & 1u << session->class) != 0;
	if (result.counted && session->class == CLASS_USER && session->user[0] == '\0') {
		result.counted = false;
		result.reason = class_reason(CLASS_NONE);
	} else if (!result.counted) {
		result.reason = class_reason(session->class);
	}
	return result;
}

const char *usage_name(enum usage usage)
{
	switch (usage) {
	case USAGE_OTHER:
		return "other";
	case USAGE_ACTIVE:
		return "active";
	case USAGE_IDLE:
		return "idle";
	case USAGE_IDLE_UNKNOWN:
		return "idle-unknown";
	case USAGE_DISCONNECTED:
		return "disconnected";
	}
	return "?";
}

static void longer(struct span *longest, struct span span)
{
	if (span.known && span.length > longest->length)
		longest->length = span.length;
}

void counts_add(struct counts *counts, const struct classification *classification)
{
	counts->oldest_idle.known = true;
	counts->oldest_disconnected.known = true;
	if (!classification->counted)
		return;
	counts->total++;
	switch (classification->usage) {
	case USAGE_OTHER:
		counts->state_unknown += classification->state_unknown;
		break;
	case USAGE_IDLE:
		counts->idle++;
		counts->active++;
		break;
	case USAGE_IDLE_UNKNOWN:
		counts->idle_unknown++;
		counts->active++;
		break;
	case USAGE_ACTIVE:
		counts->active++;
		break;
	case USAGE_DISCONNECTED:
		counts->disconnected++;
		if (!classification->disconnected.known)
			counts->disconnected_unknown++;
		break;
	}
	longer(&counts->oldest_idle, classification->idle);
	longer(&counts->oldest_disconnected, classification->disconnected);
}

void counts_sum(struct counts *to, const struct counts *more)
{
	to->total += more->total;
	to->active += more->active;
	to->idle += more->idle;
	to->idle_unknown += more->idle_unknown;
	to->disconnected += more->disconnected;
	to->disconnected_unknown += more->disconnected_unknown;
	to->state_unknown += more->state_unknown;
	to->unreachable += more->unreachable;
	to->incomplete += more->incomplete;
	to->would_warn += more->would_warn;
	to->would_disconnect += more->would_disconnect;
	to->would_logoff += more->would_logoff;
	to->overdue += more->overdue;
	to->soon += more->soon;
	if (more->shells_per_owner > to->shells_per_owner)
		to->shells_per_owner = more->shells_per_owner;
	to->oldest_idle.known = to->oldest_idle.known || more->oldest_idle.known;
	to->oldest_disconnected.known = to->oldest_disconnected.known || more->oldest_disconnected.known;
	longer(&to->oldest_idle, more->oldest_idle);
	longer(&to->oldest_disconnected, more->oldest_disconnected);
}
