/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run, from the list to the end.  remedy_act.c has the acts on the sessions of one host. */
#include "lib/act/remedy_run.h"

#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#include "lib/act/audit.h"
#include "lib/act/host_lock.h"
#include "lib/act/limits.h"
#include "lib/act/plan.h"
#include "lib/act/recent.h"
#include "lib/act/remedy.h"
#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/name_index.h"
#include "lib/base/terminal.h"
#include "lib/collect/collect.h"
#include "lib/judge/exclusions.h"
#include "lib/judge/select.h"
#include "lib/target/host_names.h"
#include "lib/target/provider.h"

/* SIGALRM ends a run that still hangs this long after its deadline (lib/act/handler.c). */
enum { LAST_RESORT = 2000 };

static volatile sig_atomic_t stopped;

void remedy_stop(void)
{
	stopped = 1;
}

bool remedy_stopping(void)
{
	return stopped != 0;
}

bool run_ending(const struct run *run)
{
	return remedy_stopping() || run->tally.audit_lost || run->tally.observer_gone ||
	       deadline_left(&run->deadline) < ACT_LEAST;
}

static struct deadline begin_time(int64_t timeout)
{
	const int64_t end = timeout + LAST_RESORT;
	const struct itimerval alarm = {.it_value = {end / 1000, end % 1000 * 1000}};

	setitimer(ITIMER_REAL, &alarm, NULL);
	return deadline_in(timeout);
}

static int tell_audit(struct run *run, const struct remedy_event *event, struct error *error)
{
	struct error why = {0};

	if (run->audit.fd < 0 || (event->news == NEWS_END && !run->begun) ||
	    remedy_audit_tell(&run->audit, event, &why) == 0)
		return 0;
	if (!run->tally.audit_lost)
		run->audit_error = why;
	run->tally.audit_lost = true;
	if (error->code == ERROR_NONE)
		*error = why;
	return -1;
}

int run_tell(struct run *run, struct remedy_event event, struct error *error)
{
	int audited;

	event.order = run->order;
	audited = tell_audit(run, &event, error);
	if (audited < 0 && event.news == NEWS_INTENT)
		return -1;
	if (event.news == NEWS_INTENT)
		remedy_count_intent(run, event.item);
	if (event.news == NEWS_END && run->tally.audit_lost)
		event.error = &run->audit_error;
	if (run->observer->tell(run->observer->context, &event, error) == 0)
		return audited;
	run->tally.observer_gone = true;
	return -1;
}

/* When this process will certainly have ended, on the wall clock; with a second to spare, because the deadline is on
 * another clock. */
static int64_t latest_end(const struct run *run)
{
	return clock_now() + deadline_left(&run->deadline) + LAST_RESORT + 1000;
}

/* Another process has the lock. */
static int leave_out(struct run *run, struct plan_host *host, const struct lock_holder *holder, struct error *error)
{
	host->left_out = true;
	run->tally.left_out += host->selected;
	run->tally.overdue = run->tally.overdue || holder->overdue;
	return run_tell(run, (struct remedy_event){.news = NEWS_LEFT_OUT, .host = host, .holder = holder}, error);
}

/* Locks each host, and leaves out those that another process has locked. */
static int lock_hosts(struct run *run, struct error *error)
{
	size_t count;
	struct plan_host **hosts = plan_acting_hosts(&run->plan, &count);

	run->ends_by = latest_end(run);
	run->locked.arena = &run->plan.arena;
	host_locks_expect(count);
	run->locks = arena_alloc(&run->plan.arena, count * sizeof *run->locks);
	for (size_t i = 0; i < count; i++) {
		struct lock_holder holder;
		int result = host_lock_take(&run->locks[run->locked.count], &run->state, hosts[i]->identity,
		                            run->ends_by, &holder, error);

		if (result < 0 || (result > 0 && leave_out(run, hosts[i], &holder, error) < 0))
			return -1;
		if (result == 0)
			name_index_add(&run->locked, hosts[i]->identity);
	}
	plan_leave_out(&run->plan);
	return 0;
}

/* Locks, reserves and acts.  *error is filled if it could not begin. */
static int execute_locked(struct run *run, struct error *error)
{
	int result = lock_hosts(run, error);

	if (result == 0 && run->plan.selected > 0)
		result = remedy_reserve(run, error);
	if (result == 0 && run->plan.selected > 0)
		remedy_act_on_all(run);
	return result;
}

/* What is unknown about a session stays unknown in later runs; some systems have thousands of such sessions. */
static bool told_together(enum refusal refusal)
{
	return refusal == REFUSAL_UNKNOWN || refusal == REFUSAL_USER_UNKNOWN || refusal == REFUSAL_STATE_UNKNOWN;
}

static int tell_refused(struct run *run, const struct plan_item *item, bool *reported, struct error *error)
{
	struct remedy_event event = {.news = NEWS_REFUSED, .item = item, .session = item->session};

	if (item->refusal == REFUSAL_NONE || item->refusal == REFUSAL_STATE)
		return 0;
	if (told_together(item->refusal)) {
		if (reported[item->refusal])
			return 0;
		reported[item->refusal] = true;
		event.plan = &run->plan;
	}
	return run_tell(run, event, error);
}

/* Writes to the disk each session that the rule selected and a safety rule kept. */
static int tell_refusals(struct run *run, struct error *error)
{
	bool reported[REFUSAL_CHANGED + 1] = {false};

	for (size_t i = 0; i < run->plan.count; i++)
		if (tell_refused(run, &run->plan.items[i], reported, error) < 0)
			return -1;
	for (size_t i = 0; i < run->plan.missing_count; i++) {
		const struct plan_missing *missing = &run->plan.missing[i];

		if (missing->changed &&
		    run_tell(run, (struct remedy_event){.news = NEWS_REFUSED, .missing = missing}, error) < 0)
			return -1;
	}
	return audit_sync(&run->audit, error);
}

/* Warns if another account acts with a folder of its own: it shares neither locks nor limits. */
static int tell_rival(struct run *run, struct error *error)
{
	char path[PATH_MAX], note[PATH_MAX + 200];

	if (run->order->settings->state_dir != NULL ||
	    !state_dir_rival(clock_now() - ALLOWANCE_PERIOD, path, sizeof path))
		return 0;
	snprintf(note, sizeof note,
	         "within the last hour another account acted with the state folder %s: locks and limits are not shared "
	         "with it; let one account act, or name one state-dir for both (curfew.conf(5))",
	         path);
	return run_tell(run, (struct remedy_event){.news = NEWS_NOTE, .note = note}, error);
}

/* Called once: under the run's locks, if there are any, because the audit gets its last line. */
static void tell_end(struct run *run)
{
	if (!run->ended)
		run_tell(run, (struct remedy_event){.news = NEWS_END, .plan = &run->plan, .tally = &run->tally},
		         &(struct error){0});
	run->ended = true;
}

/* Frees what was reserved and not begun.  What could not be settled counts in full. */
static void close_records(struct run *run)
{
	struct error why = {0};

	if (run->begun && remedy_settle(run, &why) < 0 && !run->tally.audit_lost) {
		run->audit_error = why;
		run->tally.audit_lost = true;
	}
	recent_free(&run->own);
}

static void tell_problem(struct run *run, const struct error *error)
{
	run->tally.failed_to_begin = true;
	run_tell(run, (struct remedy_event){.news = NEWS_PROBLEM, .error = error}, &(struct error){0});
}

static int execute(struct run *run, struct error *error)
{
	const struct remedy_order *order = run->order;
	int result = -1;

	if (state_dir_open_as(&run->state, order->settings->state_dir, order->settings->state_dir_shared, error) < 0)
		return -1;
	if (audit_open(&run->audit, &run->state, order->program, error) == 0) {
		result = tell_rival(run, error) < 0 ? -1 : tell_refusals(run, error);
		if (result == 0)
			result = remedy_close_orders(run, error);
		if (result == 0 && run->plan.selected > 0)
			result = execute_locked(run, error);
		close_records(run);
		/* The plan is in the audit, but nothing was done: the audit must have this before the end. */
		if (result < 0 && run->begun)
			tell_problem(run, error);
		if (result == 0 || run->begun)
			tell_end(run);
		for (size_t i = 0; i < run->locked.count; i++)
			host_lock_release(&run->locks[i]);
		audit_close(&run->audit);
	}
	state_dir_close(&run->state);
	return result;
}

/* What a dry run can say about the limits without the records of the hour. */
static void dry_limits(struct run *run)
{
	struct limit_finding finding = remedy_limits_dry(run->order, &run->plan);
	struct error error = {0};

	if (run->order->action.act != ACT_MESSAGE && finding.limit != LIMIT_KEPT)
		remedy_tell_limit(run, &finding, &error);
}

static void plan_tally(struct run *run)
{
	for (size_t i = 0; i < run->plan.count; i++) {
		const struct plan_item *item = &run->plan.items[i];

		run->tally.refused += refusal_is_safety(item->refusal);
		run->tally.unsupported += item->unsupported;
	}
	for (size_t i = 0; i < run->plan.missing_count; i++)
		run->tally.refused += run->plan.missing[i].changed;
	run->tally.selected = run->plan.selected;
	run->tally.unreachable = run->plan.unreachable;
	run->tally.refused += run->plan.incomplete;
}

/* 0: go on; -1: the answer was no. */
static int confirm(struct run *run)
{
	const struct remedy_order *order = run->order;

	if (run->tally.selected == 0 || !order->settings->confirm)
		return 0;
	setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
	if (!terminal_confirm(act_name(order->action.act), run->tally.selected, remedy_stopping)) {
		run_tell(run, (struct remedy_event){.news = NEWS_DECLINED}, &(struct error){0});
		return -1;
	}
	run->deadline = begin_time(order->settings->timeout);
	return 0;
}

/* "alice bob" is one name: an operator who meant two names has excluded neither. */
static int tell_exclusions(struct run *run, struct error *error)
{
	const struct string_list *globs = &run->order->rule.filter.exclude_users;
	const char *glob;
	size_t position = 0;
	char note[PATH_MAX];

	while ((glob = exclusion_in_vain(globs, run->visits, run->visit_count, &position)) != NULL) {
		if (strpbrk(glob, " \t") == NULL)
			continue;
		snprintf(note, sizeof note, "exclude-user '%s' matched no user; write a comma between two names", glob);
		if (run_tell(run, (struct remedy_event){.news = NEWS_NOTE, .note = note}, error) < 0)
			return -1;
	}
	return 0;
}

static void run_plan(struct run *run)
{
	const struct remedy_order *order = run->order;
	struct error error = {0};

	plan_tally(run);
	if (run_tell(run, (struct remedy_event){.news = NEWS_PLANNED, .plan = &run->plan}, &error) < 0 ||
	    tell_exclusions(run, &error) < 0)
		return;
	if (!order->execute) {
		dry_limits(run);
	} else if (run->tally.selected + run->tally.refused > 0 || remedy_orders_wait(run)) {
		if (confirm(run) < 0)
			return;
		if (execute(run, &error) < 0 && !run->tally.stopped_by_limit && !run->begun)
			tell_problem(run, &error);
	}
	tell_end(run);
}

int remedy_run(const struct remedy_order *order, const struct remedy_observer *observer)
{
	struct run run = {
	    .order = order,
	    .observer = observer,
	    .deadline = begin_time(order->settings->timeout),
	    .state.fd = -1,
	    .audit.fd = -1,
	};
	struct visit *visits = collect_targets(order->targets, order->target_count, order->settings->target_timeout,
	                                       run.deadline, NEED_EVERYTHING);
	struct host_names names;
	struct error error = {0};

	run.visits = visits;
	run.visit_count = order->target_count;
	remedy_memory_watch(&run);
	host_names_resolve(&names, visits, order->target_count, run.deadline);
	plan_make(&run.plan, visits, order->target_count, &order->rule, order->action.act, &names);
	if (run_tell(&run,
	             (struct remedy_event){.news = NEWS_LISTED, .visits = visits, .visit_count = order->target_count},
	             &error) == 0)
		run_plan(&run);
	plan_free(&run.plan);
	host_names_free(&names);
	visits_free(visits, order->target_count);
	remedy_memory_watch(NULL);
	return remedy_exit_status(&run.tally);
}

int remedy_close(const struct remedy_order *order, const struct visit *visits, size_t count,
                 const struct remedy_observer *observer)
{
	const struct settings *settings = order->settings;
	struct run run = {
	    .order = order,
	    .observer = observer,
	    .visits = visits,
	    .visit_count = count,
	    .state.fd = -1,
	    .audit.fd = -1,
	};
	struct error error = {0};
	int result = -1;

	if (!remedy_orders_wait(&run))
		return REMEDY_DONE;
	if (state_dir_open_as(&run.state, settings->state_dir, settings->state_dir_shared, &error) == 0 &&
	    audit_open(&run.audit, &run.state, order->program, &error) == 0)
		result = remedy_close_orders(&run, &error);
	if (result < 0)
		tell_problem(&run, &error);
	audit_close(&run.audit);
	state_dir_close(&run.state);
	return remedy_exit_status(&run.tally);
}
