/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/remedy.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/audit.h"
#include "lib/collect.h"
#include "lib/log.h"
#include "lib/plan.h"
#include "lib/remedy_report.h"
#include "lib/session_json.h"
#include "lib/state.h"
#include "lib/terminal.h"

/* How far back the acts of other runs count against the limits. */
enum { ALLOWANCE_PERIOD = 60 * 60 * 1000 };
/* How long an act may take to be seen, at most; and how often to look. */
enum { VERIFY_TIME = 10000, VERIFY_FIRST = 20, VERIFY_LONGEST = 500 };

/* An act is not begun with less time than this. */
enum { ACT_LEAST = 500 };

static volatile sig_atomic_t stopped;

void remedy_stop(void)
{
	stopped = 1;
}

/* One run from the plan to the last act. */
struct run {
	const struct remedy_order *order;
	struct plan plan;
	struct deadline deadline;
	struct state_dir state;
	struct audit audit;
	struct host_lock *locks;
	size_t lock_count;
	struct connection *connection; /* to the target of the item before, if that was opened */
	const struct target *connected;
	struct remedy_tally tally;
};

static struct deadline step_deadline(const struct run *run, int64_t extra)
{
	return deadline_earlier(run->deadline, deadline_in(run->order->settings->target_timeout + extra));
}

static void hang_up(struct run *run)
{
	if (run->connected != NULL)
		run->connected->provider->close(run->connection);
	run->connected = NULL;
}

/* After these nobody knows what became of the order, nor whether the connection is of any more use. */
static bool answer_lost(const struct error *error)
{
	return error->code == ERROR_TIMEOUT || error->code == ERROR_CRASHED || error->code == ERROR_PROTOCOL;
}

/* Items come in the order of their targets, so one open connection is enough. */
static int connect_to(struct run *run, const struct target *target, struct error *error)
{
	struct deadline deadline = step_deadline(run, 0);
	struct trail trail;

	if (run->connected == target)
		return 0;
	hang_up(run);
	trail_begin(&trail);
	if (target->provider->open(target, &deadline, &trail, &run->connection, error) < 0)
		return -1;
	run->connected = target;
	return 0;
}

/* Reads the session again, and holds it.  A connection that has failed is not used for the next. */
static int pin_again(struct run *run, const struct target *target, const struct session *wanted, struct pin **pin,
                     struct session *now, int64_t *host_now, struct arena *arena, const struct deadline *deadline,
                     struct error *error)
{
	if (connect_to(run, target, error) == 0 &&
	    target->provider->pin(run->connection, wanted, deadline, pin, now, host_now, arena, error) == 0)
		return 0;
	if (answer_lost(error))
		hang_up(run);
	return -1;
}

/* The keys that a line about a session has.  outcome and reason may be NULL. */
static json_t *session_fields(const struct run *run, const struct target *target, json_t *session, const char *outcome,
                              const char *reason)
{
	json_t *fields = json_object();

	json_object_set_new(fields, "action", json_string(act_name(run->order->action.act)));
	if (target != NULL)
		json_object_set_new(fields, "target", json_string(target->url));
	json_object_set_new(fields, "session", session);
	if (outcome != NULL)
		json_object_set_new(fields, "outcome", json_string(outcome));
	if (reason != NULL)
		json_object_set_new(fields, "reason", json_string(reason));
	return fields;
}

static int audit_session(struct run *run, const char *event, const struct target *target, const struct session *session,
                         const char *outcome, const char *reason, struct error *error)
{
	json_t *fields = session_fields(run, target, session_to_json(session), outcome, reason);

	return audit_write(&run->audit, event, fields, error);
}

static void pause_for(int64_t milliseconds)
{
	struct timespec pause = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000};

	nanosleep(&pause, NULL);
}

/* Has the act had its effect on that very session?  1 yes, 0 not yet, -1 cannot be read. */
static int effect_seen(struct run *run, const struct target *target, const struct session *session,
                       const struct deadline *deadline, struct error *error)
{
	struct arena arena = {0};
	struct session now;
	struct pin *pin = NULL;
	int64_t host_now;
	int seen;

	if (pin_again(run, target, session, &pin, &now, &host_now, &arena, deadline, error) < 0) {
		seen = error->code == ERROR_GONE ? 1 : -1;
	} else {
		seen = !session_same_identity(session, &now) ||
		       (run->order->action.act == ACT_DISCONNECT && now.state != STATE_ACTIVE);
		target->provider->unpin(pin);
	}
	arena_free(&arena);
	return seen;
}

/* "Done" means that a later read shows it. */
static int verify(struct run *run, const struct target *target, const struct session *session, struct error *error)
{
	struct deadline deadline = deadline_earlier(run->deadline, deadline_in(VERIFY_TIME));
	int64_t pause = VERIFY_FIRST;

	if (run->order->action.act == ACT_MESSAGE)
		return 0;
	for (;;) {
		int seen;

		error_clear(error);
		seen = effect_seen(run, target, session, &deadline, error);
		if (seen > 0) {
			error_clear(error);
			return 0;
		}
		if (deadline_left(&deadline) <= pause) {
			if (seen == 0)
				error_set(error, ERROR_TIMEOUT, STEP_VERIFY,
				          "the order was accepted, but the session had not followed by the deadline");
			return -1;
		}
		pause_for(pause);
		pause = pause * 2 > VERIFY_LONGEST ? VERIFY_LONGEST : pause * 2;
	}
}

/* The act itself, with the intent on the disk before it.  The caller has compared the pin. */
static int act_pinned(struct run *run, struct pin *pin, const struct session *now, struct outcome *outcome,
                      struct error *error)
{
	const struct action *action = &run->order->action;
	struct deadline deadline = step_deadline(run, action->answer_wait);

	if (audit_session(run, "intent", run->connected, now, NULL, NULL, error) < 0) {
		run->tally.audit_lost = true;
		return -1;
	}
	return run->connected->provider->act(pin, action, &deadline, outcome, error);
}

static void record(struct run *run, const struct plan_item *item, const struct session *session,
                   const struct remedy_result *result)
{
	struct error lost = {0};
	const char *event = result->kind == RESULT_REFUSED ? "refused" : "result";

	remedy_tally_add(&run->tally, result);
	if (audit_session(run, event, item->visit->target, session, remedy_result_name(result),
	                  remedy_result_reason(result), &lost) < 0)
		run->tally.audit_lost = true;
	report_result(run->order, item, result);
}

/* The order is under way, and no answer came: one look at the session tells more than the error. */
static void look_again(struct run *run, const struct target *target, const struct session *session,
                       struct remedy_result *result)
{
	struct deadline deadline = step_deadline(run, 0);
	struct error ignored = {0};

	hang_up(run);
	if (run->order->action.act == ACT_MESSAGE || effect_seen(run, target, session, &deadline, &ignored) <= 0)
		return;
	result->kind = RESULT_DONE;
	result->outcome = (struct outcome){.code = OUTCOME_DONE, .detail = "it is seen to be done, but no answer came"};
}

/* Compare and act: one session that is pinned. */
static struct remedy_result treat(struct run *run, const struct plan_item *item, const struct session *now,
                                  int64_t host_now, struct pin *pin)
{
	const struct remedy_order *order = run->order;
	struct remedy_result result = {.kind = RESULT_DONE};

	result.refusal = rule_rematch(&order->rule, order->action.act, item->session, now, host_now);
	if (result.refusal != REFUSAL_NONE) {
		result.kind = RESULT_REFUSED;
		return result;
	}
	if (act_pinned(run, pin, now, &result.outcome, &result.error) < 0)
		result.kind = RESULT_FAILED;
	return result;
}

/* Pin, compare, act, verify: one session. */
static void act_on(struct run *run, const struct plan_item *item)
{
	const struct target *target = item->visit->target;
	struct remedy_result result = {.kind = RESULT_FAILED};
	struct deadline deadline = step_deadline(run, 0);
	struct arena arena = {0};
	struct session now = *item->session;
	struct pin *pin = NULL;
	int64_t host_now;

	if (pin_again(run, target, item->session, &pin, &now, &host_now, &arena, &deadline, &result.error) < 0) {
		now = *item->session;
		if (result.error.code == ERROR_GONE) {
			result.kind = RESULT_DONE;
			result.outcome.code = OUTCOME_GONE;
		}
	} else {
		result = treat(run, item, &now, host_now, pin);
		target->provider->unpin(pin);
		if (result.kind == RESULT_FAILED && answer_lost(&result.error))
			look_again(run, target, &now, &result);
		else if (result.kind == RESULT_DONE && result.outcome.code != OUTCOME_GONE &&
		         verify(run, target, &now, &result.error) < 0)
			result.kind = RESULT_FAILED;
	}
	record(run, item, &now, &result);
	arena_free(&arena);
}

static void act_on_all(struct run *run)
{
	for (size_t i = 0; i < run->plan.count; i++) {
		const struct plan_item *item = &run->plan.items[i];

		if (!plan_item_due(item))
			continue;
		if (stopped || run->tally.audit_lost || deadline_left(&run->deadline) < ACT_LEAST) {
			run->tally.left++;
			continue;
		}
		act_on(run, item);
	}
	hang_up(run);
}

/* Refusals of the plan, one line per session that a person would ask about. */
static int audit_refusals(struct run *run, struct error *error)
{
	for (size_t i = 0; i < run->plan.count; i++) {
		const struct plan_item *item = &run->plan.items[i];

		if (item->refusal == REFUSAL_NONE || item->refusal == REFUSAL_STATE)
			continue;
		if (audit_note(&run->audit, "refused",
		               session_fields(run, item->visit->target, session_to_json(item->session), NULL,
		                              refusal_text(item->refusal)),
		               error) < 0)
			return -1;
	}
	for (size_t i = 0; i < run->plan.missing_count; i++) {
		const struct plan_missing *missing = &run->plan.missing[i];

		if (!missing->changed)
			continue;
		if (audit_note(&run->audit, "refused",
		               session_fields(run, NULL,
		                              json_pack("{s:s, s:s}", "host", missing->host, "id", missing->id), NULL,
		                              refusal_text(REFUSAL_CHANGED)),
		               error) < 0)
			return -1;
	}
	return audit_sync(&run->audit, error);
}

/* The plan, on the disk before the first act: other runs count it against the shared limits. */
static int audit_plan(struct run *run, struct error *error)
{
	json_t *fields = json_object(), *acts = json_array();
	const struct settings *settings = run->order->settings;

	for (size_t i = 0; i < run->plan.count; i++) {
		const struct session *session = run->plan.items[i].session;

		if (!plan_item_due(&run->plan.items[i]))
			continue;
		json_array_append_new(acts, json_pack("{s:s, s:s}", "host", session->host, "id", session->id));
	}
	json_object_set_new(fields, "action", json_string(act_name(run->order->action.act)));
	json_object_set_new(fields, "acts", acts);
	json_object_set_new(fields, "user_sessions", json_integer((json_int_t)run->plan.user_sessions));
	if (settings->section != NULL)
		json_object_set_new(fields, "section", json_string(settings->section));
	if (settings->service_state != NULL)
		json_object_set_new(fields, "service",
		                    json_pack("{s:s, s:s, s:s}", "state", settings->service_state, "type",
		                              settings->state_type != NULL ? settings->state_type : "", "attempt",
		                              settings->attempt != NULL ? settings->attempt : ""));
	return audit_write(&run->audit, "plan", fields, error);
}

static int limits_check(struct run *run, struct error *error)
{
	const struct remedy_order *order = run->order;
	struct recent_acts recent;
	json_t *fields;
	enum limit limit;

	if (order->action.act == ACT_MESSAGE)
		return 0;
	if (audit_recent(&run->audit, clock_now() - ALLOWANCE_PERIOD, run->plan.hosts.items, run->plan.hosts.count,
	                 &recent, error) < 0)
		return -1;
	limit = limit_judge(run->plan.selected, recent.acts, run->plan.user_sessions + recent.logoffs,
	                    order->settings->max_acts, order->settings->max_percent);
	if (limit == LIMIT_KEPT)
		return 0;
	fields = json_pack("{s:s, s:I, s:I, s:I}", "action", act_name(order->action.act), "planned",
	                   (json_int_t)run->plan.selected, "recent", (json_int_t)recent.acts, "user_sessions",
	                   (json_int_t)run->plan.user_sessions);
	audit_write(&run->audit, "limit", fields, error);
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
		result = audit_plan(run, error);
	audit_unlock(&run->audit);
	return result;
}

/* 0: all ours; 1: another run has one of them; -1: error. */
static int lock_hosts(struct run *run, struct error *error)
{
	struct string_list hosts = plan_acting_hosts(&run->plan);

	host_locks_expect(hosts.count);
	run->locks = arena_alloc(&run->plan.arena, hosts.count * sizeof *run->locks);
	for (size_t i = 0; i < hosts.count; i++) {
		int result = host_lock_take(&run->locks[run->lock_count], &run->state, hosts.items[i], error);

		if (result > 0)
			report_locked(run->order, hosts.items[i]);
		if (result != 0)
			return result;
		run->lock_count++;
	}
	return 0;
}

/* Lock, reserve, act.  *error is filled if it could not even begin. */
static int execute_locked(struct run *run, struct error *error)
{
	int locked = lock_hosts(run, error);

	if (locked == 0 && reserve(run, error) == 0) {
		act_on_all(run);
		if (audit_write(&run->audit, "end", json_pack("{s:I}", "left", (json_int_t)run->tally.left), error) < 0)
			run->tally.audit_lost = true;
	}
	while (run->lock_count > 0)
		host_lock_release(&run->locks[--run->lock_count]);
	run->tally.locked_out = locked > 0;
	return error->code == ERROR_NONE ? 0 : -1;
}

static int execute(struct run *run, struct error *error)
{
	const struct remedy_order *order = run->order;
	int result = -1;

	if (state_dir_open(&run->state, order->settings->state_dir, error) < 0)
		return -1;
	if (audit_open(&run->audit, &run->state, order->program, error) == 0) {
		result = audit_refusals(run, error);
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
			if (!terminal_confirm(act_name(order->action.act), run->tally.selected, &stopped)) {
				report_declined(order);
				return remedy_exit_status(&run->tally);
			}
			run->deadline = deadline_in(order->settings->timeout);
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
	struct run run = {.order = order, .deadline = deadline_in(order->settings->timeout), .state.fd = -1};
	struct visit *visits = must_alloc(order->target_count * sizeof *visits);
	struct collect_options options = {.target_timeout = order->settings->target_timeout, .overall = run.deadline};
	int status;

	for (size_t i = 0; i < order->target_count; i++)
		visit_init(&visits[i], &order->targets[i]);
	collect(visits, order->target_count, &options);
	plan_make(&run.plan, visits, order->target_count, &order->rule, order->action.act);
	report_targets(order, visits, order->target_count);
	status = run_plan(&run);
	plan_free(&run.plan);
	for (size_t i = 0; i < order->target_count; i++)
		visit_free(&visits[i]);
	free(visits);
	return status;
}
