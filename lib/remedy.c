/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run from the list to the summary; what is done to one session is in remedy_act.c. */
#include "lib/remedy.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/time.h>

#include "lib/arena.h"
#include "lib/audit.h"
#include "lib/clock.h"
#include "lib/collect.h"
#include "lib/error.h"
#include "lib/host_lock.h"
#include "lib/log.h"
#include "lib/name_index.h"
#include "lib/plan.h"
#include "lib/provider.h"
#include "lib/remedy_report.h"
#include "lib/remedy_run.h"
#include "lib/state.h"
#include "lib/terminal.h"

/* How far back the acts of other runs count against the limits. */
enum { ALLOWANCE_PERIOD = 60 * 60 * 1000 };

/* So long after its deadline a run that hangs is ended by SIGALRM (lib/handler.c). */
enum { LAST_RESORT = 2000 };

volatile sig_atomic_t remedy_stopped;

void remedy_stop(void)
{
	remedy_stopped = 1;
}

static struct deadline begin_time(int64_t timeout)
{
	const int64_t end = timeout + LAST_RESORT;
	const struct itimerval alarm = {.it_value = {end / 1000, end % 1000 * 1000}};

	setitimer(ITIMER_REAL, &alarm, NULL);
	return deadline_in(timeout);
}

static int limits_check(struct run *run, struct error *error)
{
	const struct remedy_order *order = run->order;
	const struct name_index *names = &run->plan.scope;
	const struct string_list scope = {names->names, names->count, names->allocated};
	struct recent_acts recent;
	enum limit limit;

	if (order->action.act == ACT_MESSAGE)
		return 0;
	if (audit_recent(&run->audit, clock_now() - ALLOWANCE_PERIOD, &scope, &run->locked, &recent, error) < 0)
		return -1;
	limit = limit_judge(run->plan.selected, recent.acts, run->plan.user_sessions + recent.logoffs,
	                    order->settings->max_acts, order->settings->max_percent);
	if (limit == LIMIT_KEPT)
		return 0;
	remedy_audit_limit(run, recent.acts, error);
	report_limit(order, &run->plan, limit, recent.acts, error);
	return -1;
}

/* Limits and plan are one step for everybody: the audit is locked over both. */
static int reserve(struct run *run, struct error *error)
{
	int result;

	if (audit_lock(&run->audit, &run->deadline, error) < 0)
		return -1;
	result = limits_check(run, error);
	if (result == 0)
		result = remedy_audit_plan(run, error);
	audit_unlock(&run->audit);
	return result;
}

/* Until when this process lives, on the wall clock; a second more, as that clock is not the one of the deadline. */
static int64_t latest_end(const struct run *run)
{
	return clock_now() + deadline_left(&run->deadline) + LAST_RESORT + 1000;
}

/* Locks each host, and leaves out those on which somebody else is at work. */
static int lock_hosts(struct run *run, struct error *error)
{
	size_t count;
	struct plan_host **hosts = plan_acting_hosts(&run->plan, &count);

	host_locks_expect(count);
	run->locks = arena_alloc(&run->plan.arena, count * sizeof *run->locks);
	for (size_t i = 0; i < count; i++) {
		struct lock_holder holder;
		int result = host_lock_take(&run->locks[run->lock_count], &run->state, hosts[i]->name, latest_end(run),
		                            &holder, error);

		if (result < 0)
			return -1;
		if (result == 0) {
			string_list_add(&run->locked, &run->plan.arena, hosts[i]->name);
			run->lock_count++;
			continue;
		}
		hosts[i]->left_out = true;
		run->tally.left_out += hosts[i]->selected;
		run->tally.overdue = run->tally.overdue || holder.overdue;
		report_left_out(run->order, hosts[i], &holder);
	}
	plan_leave_out(&run->plan);
	return 0;
}

/* Lock, reserve, act.  *error is filled if it could not even begin. */
static int execute_locked(struct run *run, struct error *error)
{
	if (lock_hosts(run, error) == 0 && run->lock_count > 0 && reserve(run, error) == 0) {
		remedy_act_on_all(run);
		if (audit_write(&run->audit, "end", json_pack("{s:I}", "left", (json_int_t)run->tally.left), error) < 0)
			run->tally.audit_lost = true;
	}
	while (run->lock_count > 0)
		host_lock_release(&run->locks[--run->lock_count]);
	return error->code == ERROR_NONE ? 0 : -1;
}

static int execute(struct run *run, struct error *error)
{
	const struct remedy_order *order = run->order;
	int result = -1;

	if (state_dir_open(&run->state, order->settings->state_dir, error) < 0)
		return -1;
	if (audit_open(&run->audit, &run->state, order->program, error) == 0) {
		result = remedy_audit_refusals(run, error);
		if (result == 0 && run->tally.selected > 0)
			result = execute_locked(run, error);
		audit_close(&run->audit);
	}
	state_dir_close(&run->state);
	return result;
}

/* What a dry run can say about the limits without the audit. */
static void dry_limits(struct run *run)
{
	const struct settings *settings = run->order->settings;
	struct error error = {0};
	enum limit limit = run->order->action.act == ACT_MESSAGE
	                       ? LIMIT_KEPT
	                       : limit_judge(run->tally.selected, 0, run->plan.user_sessions, settings->max_acts,
	                                     settings->max_percent);

	if (limit == LIMIT_KEPT)
		return;
	run->tally.stopped_by_limit = true;
	report_limit(run->order, &run->plan, limit, 0, &error);
	report_problem(run->order, &error);
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

static int run_plan(struct run *run)
{
	const struct remedy_order *order = run->order;
	struct error error = {0};

	plan_tally(run);
	report_plan(order, &run->plan);
	if (!order->execute) {
		dry_limits(run);
	} else if (run->tally.selected + run->tally.refused > 0) {
		if (run->tally.selected > 0 && order->settings->confirm) {
			setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
			if (!terminal_confirm(act_name(order->action.act), run->tally.selected, &remedy_stopped)) {
				report_declined(order);
				return remedy_exit_status(&run->tally);
			}
			run->deadline = begin_time(order->settings->timeout);
		}
		if (execute(run, &error) < 0) {
			run->tally.failed_to_begin = true;
			report_problem(order, &error);
		}
	}
	report_summary(order, &run->tally);
	return remedy_exit_status(&run->tally);
}

int remedy_run(const struct remedy_order *order)
{
	struct run run = {.order = order, .deadline = begin_time(order->settings->timeout), .state.fd = -1};
	struct visit *visits = collect_targets(order->targets, order->target_count, order->settings->target_timeout,
	                                       run.deadline, NEED_EVERYTHING);
	int status;

	plan_make(&run.plan, visits, order->target_count, &order->rule, order->action.act);
	report_targets(order, visits, order->target_count);
	status = run_plan(&run);
	plan_free(&run.plan);
	visits_free(visits, order->target_count);
	return status;
}
