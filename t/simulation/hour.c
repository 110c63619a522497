/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/simulation/hour.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/act/limits.h"
#include "lib/act/plan.h"
#include "lib/base/arena.h"
#include "lib/config/settings.h"
#include "lib/policy/policy.h"
#include "lib/target/provider.h"
#include "t/simulation/check.h"
#include "t/simulation/clockwork.h"
#include "t/simulation/process.h"
#include "t/simulation/simulate.h"
#include "t/simulation/world.h"

struct done {
	int64_t at;
	const struct farm_host *host;
	unsigned order; /* the lists that it was of */
	bool logoff;
};
static struct done *dones;
static size_t done_count, done_allocated;

/* What a process was told by its last lists: those of one order. */
static struct listing {
	int pid;
	unsigned order; /* a number of its own */
	bool acted;     /* by these lists: the next one is of another order */
	bool listed[FARM_HOSTS_MOST];
	size_t users[FARM_HOSTS_MOST];
} listings[PROCESSES_MOST];
static unsigned orders;

static const struct settings *settings_now;
static const struct policy *first_policy; /* whose noon ends a night */

void hour_begin(const struct settings *settings)
{
	settings_now = settings;
	done_count = 0;
	orders = 0;
	memset(listings, 0, sizeof listings);
}

void hour_policy(const struct policy *first)
{
	first_policy = first;
}

static void listing_begin(struct listing *listing)
{
	*listing = (struct listing){.pid = process_now->pid, .order = ++orders};
}

/* Of the process that runs now. */
static struct listing *listing_now(void)
{
	struct listing *listing = &listings[(size_t)process_now->pid % PROCESSES_MOST];

	if (listing->pid != process_now->pid)
		listing_begin(listing);
	return listing;
}

void hour_listed(const struct farm_host *host, size_t users)
{
	struct listing *listing = listing_now();
	size_t number = (size_t)(host - world.hosts);

	if (listing->acted || listing->listed[number])
		listing_begin(listing);
	listing->listed[number] = true;
	listing->users[number] = users;
}

/* Acts and users of a host, or of all hosts of the order. */
struct sum {
	uint64_t acts, logoffs, users;
};

/* Runs count by their own clock: when that is set, an hour begins anew, or ends. */
static bool counts(const struct done *done)
{
	return done->at > virtual_time.now - HOUR + 1000 && done->at > simulation.clock_set_at;
}

static struct sum sum_of(const struct listing *listing, const struct farm_host *host)
{
	struct sum sum = {0};

	for (size_t i = 0; i < world.host_count; i++)
		if (listing->listed[i] && (host == NULL || host == &world.hosts[i]))
			sum.users += listing->users[i];
	for (size_t i = 0; i < done_count; i++) {
		const struct done *done = &dones[i];

		if (!counts(done) || !listing->listed[done->host - world.hosts] || (host != NULL && host != done->host))
			continue;
		sum.acts++;
		sum.logoffs += done->logoff && done->order != listing->order;
	}
	return sum;
}

/* Who was logged off by earlier orders of the hour, of this run or another, counts among those of whom it is a part;
   whom this one logs off is in its list. */
static void check_percent(const struct sum *sum, const char *where)
{
	uint64_t of = sum->users + sum->logoffs;

	if (of >= PERCENT_FROM && sum->acts * 100 > settings_now->max_percent * of)
		check_failed("%" PRIu64 " of %" PRIu64
		             " sessions on %s were ended in an hour, and --max-percent is %" PRIu64,
		             sum->acts, of, where, settings_now->max_percent);
}

/* From noon to noon. */
static void check_night(const struct listing *listing)
{
	const int64_t began = virtual_time.now - (time_wall() - truth_noon(first_policy, time_wall()));
	const uint64_t most = settings_now->max_acts_night, total = settings_now->max_acts_night_total;
	uint64_t here = 0, all = 0;

	for (size_t i = 0; i < done_count; i++) {
		if (dones[i].at < began || dones[i].at <= simulation.clock_set_at)
			continue;
		all++;
		here += listing->listed[dones[i].host - world.hosts];
	}
	if (most > 0 && here > most)
		check_failed("%" PRIu64 " ends on the hosts of a run in a night, and --max-acts-night is %" PRIu64,
		             here, most);
	if (total > 0 && all > total)
		check_failed("%" PRIu64 " ends in a night, and --max-acts-night-total is %" PRIu64, all, total);
}

static void check_limits(const struct farm_host *host)
{
	const struct listing *listing = listing_now();
	const struct sum here = sum_of(listing, host), order = sum_of(listing, NULL);
	uint64_t total = settings_now->max_acts_total, all = 0;

	if (total == 0)
		total = settings_now->max_acts > ACTS_TOTAL ? settings_now->max_acts : ACTS_TOTAL;
	for (size_t i = 0; i < done_count; i++)
		all += counts(&dones[i]);
	if (all > total)
		check_failed("%" PRIu64 " ends in an hour, and --max-acts-total is %" PRIu64, all, total);
	if (order.acts > settings_now->max_acts)
		check_failed("%" PRIu64 " ends on the hosts of a run in an hour, and --max-acts is %" PRIu64,
		             order.acts, settings_now->max_acts);
	check_percent(&here, host->name);
	check_night(listing);
}

void hour_add(const struct seat *seat, enum act act)
{
	struct listing *listing = listing_now();
	size_t kept = 0;

	for (size_t i = 0; i < done_count; i++)
		if (dones[i].at > virtual_time.now - 25 * HOUR)
			dones[kept++] = dones[i];
	done_count = kept;
	if (done_count == done_allocated) {
		done_allocated = done_allocated * 2 + 64;
		dones = must_realloc(dones, done_allocated * sizeof *dones);
	}
	dones[done_count++] = (struct done){virtual_time.now, seat->host, listing->order, act == ACT_LOGOFF};
	listing->acted = true;
	check_limits(seat->host);
}
