/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/report/report.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/judge/select.h"
#include "lib/report/report_parts.h"
#include "lib/session/owners.h"
#include "lib/session/session.h"

static bool meant_as(const struct filter *filter, const struct session *session, enum session_state state,
                     enum usage usage)
{
	struct session other = *session;
	const struct classification classification = {.usage = usage};

	other.state = state;
	return filter_may_match(filter, &other, &classification);
}

/* True if the session would match the filters with its unknown values known. */
static void count_undecided(struct undecided *undecided, const struct filter *filter, const struct session *session,
                            const struct classification *classification)
{
	if (classification->state_unknown)
		undecided->state += meant_as(filter, session, STATE_ACTIVE, USAGE_ACTIVE) ||
		                    meant_as(filter, session, STATE_ACTIVE, USAGE_IDLE) ||
		                    meant_as(filter, session, STATE_DISCONNECTED, USAGE_DISCONNECTED);
	else if (filter_may_match(filter, session, classification))
		undecided->state++; /* an unknown name: the session counts completely, or not at all */
	else if (classification->usage == USAGE_IDLE_UNKNOWN)
		undecided->idle += meant_as(filter, session, session->state, USAGE_IDLE);
}

static void target_make(struct report_target *target, const struct settings *settings, struct arena *arena)
{
	const struct snapshot *snapshot = &target->visit->snapshot;
	bool *counted;

	target->reachable = target->visit->error.code == ERROR_NONE;
	if (!target->reachable) {
		target->counts.unreachable = 1;
		return;
	}
	/* If nobody is idle, the longest idle time is 0. */
	target->counts.oldest_idle.known = true;
	target->counts.oldest_disconnected.known = true;
	target->counts.incomplete = !snapshot->complete;
	target->classifications = arena_alloc(arena, snapshot->count * sizeof *target->classifications);
	target->shown = arena_alloc(arena, snapshot->count * sizeof *target->shown);
	counted = arena_alloc(arena, snapshot->count * sizeof *counted);
	for (size_t i = 0; i < snapshot->count; i++) {
		const struct session *session = &snapshot->sessions[i];
		struct classification *classification = &target->classifications[i];

		*classification = classify(session, snapshot->now, settings->idle_after, settings->class_bits);
		target->shown[i] = filter_match(&settings->filter, session, classification);
		counted[i] = target->shown[i] && classification->counted;
		if (target->shown[i])
			counts_add(&target->counts, classification);
		else if (classification->counted)
			count_undecided(&target->undecided, &settings->filter, session, classification);
	}
	target->counts.shells_per_owner = owners_most(snapshot->sessions, counted, snapshot->count);
}

static double seconds(struct span span)
{
	return (double)(span.length / 1000);
}

static double value_of(enum metric metric, const struct counts *counts)
{
	switch (metric) {
	case METRIC_TOTAL:
		return (double)counts->total;
	case METRIC_ACTIVE:
		return (double)counts->active;
	case METRIC_IDLE:
		return (double)counts->idle;
	case METRIC_DISCONNECTED:
		return (double)counts->disconnected;
	case METRIC_IDLE_UNKNOWN:
		return (double)counts->idle_unknown;
	case METRIC_OLDEST_IDLE:
		return seconds(counts->oldest_idle);
	case METRIC_OLDEST_DISCONNECTED:
		return seconds(counts->oldest_disconnected);
	case METRIC_UNREACHABLE:
		return (double)counts->unreachable;
	case METRIC_SHELLS_PER_OWNER:
		return (double)counts->shells_per_owner;
	case METRIC_WOULD_WARN:
		return (double)counts->would_warn;
	case METRIC_WOULD_DISCONNECT:
		return (double)counts->would_disconnect;
	case METRIC_WOULD_LOGOFF:
		return (double)counts->would_logoff;
	case METRIC_OVERDUE:
		return (double)counts->overdue;
	case METRIC_COUNT:
		break;
	}
	return 0;
}

/* How much larger the value may be, because of sessions of which something is unknown. */
static double doubt_of(enum metric metric, const struct counts *counts, struct undecided undecided)
{
	/* Sessions of unknown state; total already includes those that are shown. */
	const double stateless = (double)(counts->state_unknown + undecided.state);
	const double idle = (double)undecided.idle + stateless;

	switch (metric) {
	case METRIC_ACTIVE:
		return idle;
	case METRIC_IDLE:
		return idle + (double)counts->idle_unknown;
	case METRIC_DISCONNECTED:
	case METRIC_IDLE_UNKNOWN:
		return stateless;
	case METRIC_OLDEST_IDLE:
		return (double)counts->idle_unknown + idle > 0 ? INFINITY : 0;
	case METRIC_OLDEST_DISCONNECTED:
		return (double)counts->disconnected_unknown + stateless > 0 ? INFINITY : 0;
	default:
		return (double)(undecided.idle + undecided.state);
	}
}

/* If no active session's idle time is known, the longest is unknown, not 0; likewise for disconnected ones. */
static bool longest_known(enum metric metric, const struct counts *counts)
{
	if (metric == METRIC_OLDEST_IDLE)
		return counts->idle_unknown + counts->state_unknown == 0 || counts->idle_unknown < counts->active;
	if (metric == METRIC_OLDEST_DISCONNECTED)
		return counts->disconnected_unknown + counts->state_unknown == 0 ||
		       counts->disconnected_unknown < counts->disconnected;
	return true;
}

struct report_metric metric_of(enum metric metric, const struct counts *counts, struct undecided undecided,
                               bool answered)
{
	const bool open = counts->unreachable > 0 || counts->incomplete > 0;
	const double value = value_of(metric, counts);

	if (metric == METRIC_UNREACHABLE)
		return (struct report_metric){.known = true, .value = value, .possible = {value, value}};
	return (struct report_metric){
	    .known = answered && longest_known(metric, counts),
	    .value = value,
	    .possible = {value, open ? (double)INFINITY : value + doubt_of(metric, counts, undecided)},
	};
}

/* Does a target have such a limit? */
static bool owners_are_limited(const struct report *report)
{
	for (size_t i = 0; i < report->target_count; i++) {
		const struct provider *provider = report->targets[i].visit->target->provider;

		if (provider != NULL && (provider->capabilities & SHELLS_PER_OWNER) != 0)
			return true;
	}
	return false;
}

bool metric_shown(const struct report *report, enum metric metric)
{
	if (metric_of_policy(metric))
		return report->foresight != NULL;
	return metric != METRIC_SHELLS_PER_OWNER || report->thresholds.metrics[metric].has_warning ||
	       report->thresholds.metrics[metric].has_critical || owners_are_limited(report);
}

/* Thresholds are tested at every value that the unknown allows. */
static void judge(struct report *report)
{
	bool judged = false;

	report->judgement = (struct judgement){VERDICT_OK, VERDICT_OK};
	for (int i = 0; i < METRIC_COUNT; i++) {
		struct report_metric *metric = &report->metrics[i];
		const struct range *warning = NULL, *critical = NULL;

		*metric = metric_of((enum metric)i, &report->counts, report->undecided, report->answered > 0);
		if (i == METRIC_SHELLS_PER_OWNER && report->counts.shells_per_owner == 0 && !owners_are_limited(report))
			*metric = (struct report_metric){.possible = {0, (double)INFINITY}};
		if (report->thresholds.metrics[i].has_warning)
			warning = &report->thresholds.metrics[i].warning;
		if (report->thresholds.metrics[i].has_critical)
			critical = &report->thresholds.metrics[i].critical;
		metric->judged = warning != NULL || critical != NULL;
		metric->judgement = range_judge(warning, critical, metric->possible);
		report->judgement = judgement_join(report->judgement, metric->judgement);
		judged = judged || metric->judged;
	}
	report->verdict = judgement_verdict(report->judgement);
	if (!judged && (report->counts.unreachable > 0 || report->counts.incomplete > 0))
		report->verdict = VERDICT_UNKNOWN;
}

void report_make(struct report *report, const struct visit *visits, size_t count, const struct settings *settings,
                 const struct thresholds *thresholds)
{
	*report = (struct report){.settings = settings, .thresholds = *thresholds, .target_count = count};
	report->targets = arena_alloc(&report->arena, count * sizeof *report->targets);
	for (size_t i = 0; i < count; i++) {
		struct report_target *target = &report->targets[i];
		const char *label = visits[i].target->label;

		target->visit = &visits[i];
		target->label = text_clean(&report->arena, label, strlen(label), SIZE_MAX);
		target_make(target, settings, &report->arena);
		counts_sum(&report->counts, &target->counts);
		report->undecided.idle += target->undecided.idle;
		report->undecided.state += target->undecided.state;
		report->answered += target->reachable;
	}
	judge(report);
}

static void foresee_session(struct counts *counts, const struct foreseen *foreseen)
{
	counts->would_warn += foreseen->now == FORESEEN_WARNING;
	counts->would_disconnect += foreseen->now == FORESEEN_DISCONNECT;
	counts->would_logoff += foreseen->now == FORESEEN_LOGOFF;
	counts->soon += foreseen->soon;
	counts->overdue += foreseen->overdue;
}

void report_foresee(struct report *report, const struct foresight *foresight)
{
	report->foresight = foresight;
	for (size_t i = 0; i < report->target_count; i++) {
		struct report_target *target = &report->targets[i];
		struct counts counts = {0};

		if (!target->reachable)
			continue;
		target->foreseen = foresight->targets[i];
		for (size_t j = 0; j < target->visit->snapshot.count; j++)
			if (target->shown[j] && target->classifications[j].counted)
				foresee_session(&counts, &target->foreseen[j]);
		counts_sum(&target->counts, &counts);
		counts_sum(&report->counts, &counts);
	}
	judge(report);
}

void report_free(struct report *report)
{
	arena_free(&report->arena);
}

int64_t report_skew(const struct report_target *target)
{
	return target->reachable ? target->visit->snapshot.now - target->visit->snapshot.taken_at : 0;
}
