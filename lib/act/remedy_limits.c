/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A run's share of the acts of an hour, and of a night.  Two records cover both: the audit and the allowance beside
 * it.  The plan must keep the limits by each of them, so that losing one frees nothing.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/act/allowance.h"
#include "lib/act/audit.h"
#include "lib/act/audit_recent.h"
#include "lib/act/limits.h"
#include "lib/act/plan.h"
#include "lib/act/recent.h"
#include "lib/act/remedy.h"
#include "lib/act/remedy_run.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/name_index.h"
#include "lib/config/settings.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"

static struct limits limits_of(const struct remedy_order *order)
{
	const struct settings *settings = order->settings;
	uint64_t total = settings->max_acts > ACTS_TOTAL ? settings->max_acts : ACTS_TOTAL;

	return (struct limits){
	    .max_acts = settings->max_acts,
	    .max_acts_total = settings->max_acts_total > 0 ? settings->max_acts_total : total,
	    .max_percent = settings->max_percent,
	    .max_acts_night = settings->max_acts_night,
	    .max_acts_night_total = settings->max_acts_night_total,
	    .night_began = order->night_began != 0 ? order->night_began : noon_here(clock_now()),
	};
}

/* What the limits are judged over. */
static const struct plan *judged_plan(const struct run *run)
{
	return run->order->whole != NULL ? run->order->whole : &run->plan;
}

struct limit_finding remedy_limits_dry(const struct remedy_order *order, const struct plan *plan)
{
	struct limits limits = limits_of(order);
	struct limit_finding finding = limits_judge(plan, NULL, &limits);

	return finding.limit == LIMIT_KEPT ? limits_judge_night(plan, NULL, &limits) : finding;
}

/* What the two records say of one stretch of time. */
struct records {
	struct recent audit, allowance;
};

static void records_init(struct records *records)
{
	recent_init(&records->audit);
	recent_init(&records->allowance);
}

/* A lost record is replaced by the other, if that covers the time. */
static int records_read(const struct run *run, const struct allowance *allowance, int64_t since,
                        struct records *records, struct error *error)
{
	int result;

	if (audit_recent(&run->audit, since, &records->audit, error) < 0)
		return -1;
	result = allowance_read(allowance, since, &records->allowance, error);
	if (result < 0 || (result == ALLOWANCE_LOST && !audit_reaches_back(&run->audit, since)))
		return -1;
	error_clear(error);
	recent_judge(&records->audit, &run->locked, NULL);
	recent_judge(&records->allowance, &run->locked, &records->audit);
	return 0;
}

static void records_free(struct records *records)
{
	recent_free(&records->audit);
	recent_free(&records->allowance);
}

void remedy_tell_limit(struct run *run, const struct limit_finding *finding, struct error *error)
{
	run->tally.stopped_by_limit = true;
	limit_show(finding, error);
	run_tell(
	    run,
	    (struct remedy_event){.news = NEWS_LIMIT, .plan = &run->plan, .recent = finding->recent, .error = error},
	    &(struct error){0});
}

typedef struct limit_finding judge(const struct plan *plan, const struct recent *recent, const struct limits *limits);

/* By both records of the time since then. */
static int limits_keep(struct run *run, const struct allowance *allowance, int64_t since, judge *limits_judge_by,
                       struct error *error)
{
	struct limits limits = limits_of(run->order);
	struct limit_finding finding;
	struct records records;
	int result;

	records_init(&records);
	result = records_read(run, allowance, since, &records, error);
	if (result == 0) {
		finding = limits_judge_by(judged_plan(run), &records.audit, &limits);
		if (finding.limit == LIMIT_KEPT)
			finding = limits_judge_by(judged_plan(run), &records.allowance, &limits);
		if (finding.limit != LIMIT_KEPT) {
			remedy_tell_limit(run, &finding, error);
			result = -1;
		}
	}
	records_free(&records);
	return result;
}

static int all_limits_keep(struct run *run, const struct allowance *allowance, struct error *error)
{
	struct limits limits = limits_of(run->order);

	if (limits_keep(run, allowance, clock_now() - ALLOWANCE_PERIOD, limits_judge, error) < 0)
		return -1;
	return limits_have_night(&limits) ? limits_keep(run, allowance, limits.night_began, limits_judge_night, error)
	                                  : 0;
}

/* Writes the plan line: from now on an end line is due. */
static int tell_begin(struct run *run, struct error *error)
{
	run->begun = true;
	return run_tell(run, (struct remedy_event){.news = NEWS_BEGIN, .plan = &run->plan}, error);
}

/* The entries of this run in the allowance. */
static void own_make(struct run *run)
{
	size_t number;

	recent_init(&run->own);
	number = recent_run_add(&run->own, run->audit.run);
	for (size_t i = 0; i < run->plan.count; i++) {
		const struct plan_item *item = &run->plan.items[i];
		struct recent_entry *entry;

		if (!plan_item_due(item))
			continue;
		entry = recent_add(&run->own, number, item->identity, item->visit->target->url);
		entry->planned++;
		entry->until = run->ends_by;
	}
}

/* The record with this run's entries as they are now.  One that was lost and may be begun anew is. */
static int record_own(const struct run *run, const struct allowance *allowance, struct error *error)
{
	struct recent kept;
	int result;

	recent_init(&kept);
	result = allowance_read(allowance, clock_now() - ALLOWANCE_KEPT, &kept, error);
	if (result >= 0) {
		error_clear(error);
		allowance_replace(&kept, run->audit.run, &run->own);
		result = allowance_write(allowance, &kept, error);
	}
	recent_free(&kept);
	return result;
}

/* The audit gets the plan first: a run that is killed in between is known there, and has done nothing. */
static int reserve_locked(struct run *run, const struct allowance *allowance, struct error *error)
{
	if (all_limits_keep(run, allowance, error) < 0 || tell_begin(run, error) < 0)
		return -1;
	own_make(run);
	return record_own(run, allowance, error);
}

int remedy_reserve(struct run *run, struct error *error)
{
	struct allowance allowance;
	int result;

	if (run->order->action.act == ACT_MESSAGE) /* a message ends nothing: there is no limit */
		return tell_begin(run, error);
	if (allowance_lock(&allowance, &run->state, &run->deadline, error) < 0)
		return -1;
	result = reserve_locked(run, &allowance, error);
	allowance_unlock(&allowance);
	return result;
}

void remedy_count_intent(struct run *run, const struct plan_item *item)
{
	struct recent_entry *entry;

	if (run->order->action.act == ACT_MESSAGE)
		return;
	entry =
	    recent_add(&run->own, recent_run_add(&run->own, run->audit.run), item->identity, item->visit->target->url);
	entry->intended++;
	entry->logoffs += run->order->action.act == ACT_LOGOFF;
}

int remedy_settle(struct run *run, struct error *error)
{
	const struct deadline lock_deadline = deadline_in(5000);
	int64_t now = clock_now();
	struct allowance allowance;
	int result;

	if (run->order->action.act == ACT_MESSAGE)
		return 0;
	for (size_t i = 0; i < run->own.keys.count; i++) {
		run->own.entries[i].planned = 0;
		run->own.entries[i].until = now;
		run->own.runs[run->own.entries[i].run].ended = true;
	}
	if (allowance_lock(&allowance, &run->state, &lock_deadline, error) < 0)
		return -1;
	result = record_own(run, &allowance,
	                    error); /* if it was removed meanwhile, it is written again with this run alone */
	allowance_unlock(&allowance);
	return result;
}
