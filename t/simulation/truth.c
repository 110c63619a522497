/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a policy says of a session, by what is true, and written down once more: with fnmatch(3) and localtime(3). */
#include <fnmatch.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/arena.h"
#include "lib/judge/classify.h"
#include "lib/policy/policy.h"
#include "lib/policy/schedule.h"
#include "lib/session/session.h"
#include "t/simulation/check.h"
#include "t/simulation/clockwork.h"
#include "t/simulation/world.h"

static bool any(const struct string_list *globs, const char *text)
{
	for (size_t i = 0; i < globs->count; i++)
		if (fnmatch(globs->items[i], text, FNM_CASEFOLD) == 0)
			return true;
	return false;
}

static bool member(const struct string_list *groups, const struct person *person)
{
	for (size_t i = 0; i < groups->count; i++)
		if (strcmp(groups->items[i], "staff") == 0 ||
		    (strcmp(groups->items[i], "on-call") == 0 && person->exempt_group))
			return true;
	return false;
}

const struct policy *truth_policy(const struct policy *policies, size_t count, const struct seat *seat)
{
	char label[16];

	snprintf(label, sizeof label, "t%02zu", seat->host->target);
	for (size_t i = 0; i < count; i++) {
		const struct policy *policy = &policies[i];

		if ((policy->targets.count == 0 || any(&policy->targets, label)) &&
		    (policy->users.count == 0 || any(&policy->users, seat->person->name)) &&
		    (policy->groups.count == 0 || member(&policy->groups, seat->person)) &&
		    (policy->kinds.count == 0 || any(&policy->kinds, "desktop")))
			return policy;
	}
	return NULL;
}

bool truth_exempt(const struct policy *policy, const struct seat *seat)
{
	const char *client = seat->exempt_client ? "kiosk1" : "pc7";

	/* A session without a client has none that could exempt it; whether the host knows is its own affair. */
	return any(&policy->exempt_users, seat->person->name) || member(&policy->exempt_groups, seat->person) ||
	       (seat->state == STATE_ACTIVE && any(&policy->exempt_clients, client));
}

/* The day's number from Monday and the minute, on the policy's clock. */
static void local_clock(const struct policy *policy, int64_t wall, int *day, int *minute)
{
	static char zone[64];
	const char *wanted = policy->zone_name != NULL ? policy->zone_name : "UTC";
	time_t seconds = (time_t)(wall / 1000);
	struct tm local;

	if (strcmp(zone, wanted) != 0) {
		snprintf(zone, sizeof zone, "%s", wanted);
		setenv("TZ", zone, 1);
		tzset();
	}
	localtime_r(&seconds, &local);
	*day = (local.tm_wday + 6) % 7;
	*minute = local.tm_hour * 60 + local.tm_min;
}

static bool within(const struct weekly *window, int day, int minute)
{
	if (window->to > window->from)
		return (window->days & 1 << day) != 0 && minute >= window->from && minute < window->to;
	return ((window->days & 1 << day) != 0 && minute >= window->from) ||
	       ((window->days & 1 << (day + 6) % 7) != 0 && minute < window->to);
}

/* The simulation has no holidays. */
bool truth_open(const struct policy *policy, const struct schedule *schedule, int64_t wall)
{
	int day, minute;

	if (schedule->count == 0)
		return true;
	local_clock(policy, wall, &day, &minute);
	for (size_t i = 0; i < schedule->count; i++)
		if (within(&schedule->windows[i], day, minute))
			return true;
	return false;
}

int64_t truth_over_since(const struct policy *policy, const struct seat *seat, enum policy_cause cause)
{
	const struct span *limit = &policy->limit[cause];
	bool active = seat->state == STATE_ACTIVE;

	if (cause == CAUSE_DEADLINE || !limit->known)
		return INT64_MAX;
	switch (cause) {
	case CAUSE_IDLE:
		return active ? seat->input_at + limit->length : INT64_MAX;
	case CAUSE_DISCONNECTED:
		return active ? INT64_MAX : seat->disconnect_at + limit->length;
	case CAUSE_LENGTH:
		return active || policy->end[cause] == POLICY_LOGOFF ? seat->logon_at + limit->length : INT64_MAX;
	case CAUSE_DEADLINE:
	case CAUSE_COUNT:
		break;
	}
	return INT64_MAX;
}
