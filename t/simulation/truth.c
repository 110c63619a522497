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

enum { HOLIDAYS_MOST = 16 };

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

/* Is it in the list, or is there none?  "user-group" and "locked" may be unknown. */
static bool means(const struct policy *policy, const char *label, const struct seat *seat)
{
	return (policy->targets.count == 0 || any(&policy->targets, label)) &&
	       (policy->users.count == 0 || any(&policy->users, seat->person->name)) &&
	       (policy->kinds.count == 0 || any(&policy->kinds, "desktop"));
}

static bool unknown(const struct policy *policy, const struct seat *seat)
{
	return (policy->groups.count > 0 && !seat->person->group_known) ||
	       (policy->locked != FLAG_UNKNOWN && !seat->host->tells_lock);
}

const struct policy *truth_policy(const struct policy *policies, size_t count, const struct seat *seat)
{
	char label[16];

	snprintf(label, sizeof label, "t%02zu", seat->host->target);
	for (size_t i = 0; i < count; i++) {
		const struct policy *policy = &policies[i];

		if (!means(policy, label, seat) ||
		    (policy->groups.count > 0 && seat->person->group_known && !member(&policy->groups, seat->person)) ||
		    (policy->locked != FLAG_UNKNOWN && seat->host->tells_lock &&
		     (policy->locked == FLAG_YES) != seat->locked))
			continue;
		return unknown(policy, seat) ? NULL : policy;
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

/* The day since 1970-01-01 and the minute, on the policy's clock. */
static void local_clock(const struct policy *policy, int64_t wall, int64_t *day, int *minute)
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
	*minute = local.tm_hour * 60 + local.tm_min;
	*day = (int64_t)timegm(&local) / (DAY / 1000);
}

int64_t truth_noon(const struct policy *policy, int64_t wall)
{
	struct tm local;
	int64_t day;
	time_t noon;
	int minute;

	local_clock(policy, wall, &day, &minute); /* sets the zone */
	noon = (time_t)((minute < 12 * 60 ? day - 1 : day) * (DAY / 1000));
	gmtime_r(&noon, &local);
	local.tm_hour = 12;
	local.tm_isdst = -1;
	return (int64_t)mktime(&local) * 1000;
}

static struct day_range holidays[HOLIDAYS_MOST];
static size_t holiday_count;

void truth_no_holidays(void)
{
	holiday_count = 0;
}

void truth_holidays(int64_t first, int64_t last)
{
	if (holiday_count < HOLIDAYS_MOST)
		holidays[holiday_count++] = (struct day_range){first, last};
}

/* Does a window of this policy begin on this day? */
static bool begins_on(const struct policy *policy, const struct weekly *window, int64_t day)
{
	int kind = (int)((day + 3) % 7); /* 1970-01-01 was a Thursday */

	for (size_t i = 0; policy->holidays.count > 0 && i < holiday_count; i++)
		if (day >= holidays[i].first && day <= holidays[i].last)
			kind = DAY_HOLIDAY;
	return (window->days & 1u << kind) != 0;
}

static bool within(const struct policy *policy, const struct weekly *window, int64_t day, int minute)
{
	if (window->to > window->from)
		return begins_on(policy, window, day) && minute >= window->from && minute < window->to;
	return (begins_on(policy, window, day) && minute >= window->from) ||
	       (begins_on(policy, window, day - 1) && minute < window->to);
}

bool truth_open(const struct policy *policy, const struct schedule *schedule, int64_t wall)
{
	int64_t day;
	int minute;

	if (schedule->count == 0)
		return true;
	local_clock(policy, wall, &day, &minute);
	for (size_t i = 0; i < schedule->count; i++)
		if (within(policy, &schedule->windows[i], day, minute))
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
