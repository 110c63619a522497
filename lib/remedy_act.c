/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One session after the other: pin, compare, write the intent, act, verify,
 * write the result (doc/architecture.md, "How a session is ended").
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/error.h"
#include "lib/plan.h"
#include "lib/provider.h"
#include "lib/remedy.h"
#include "lib/remedy_report.h"
#include "lib/remedy_run.h"
#include "lib/select.h"
#include "lib/session.h"
#include "lib/target.h"

/* How long an act may take to be seen, at most; and how often to look. */
enum { VERIFY_TIME = 10000, VERIFY_FIRST = 20, VERIFY_LONGEST = 500 };
/* An act is not begun with less time than this. */
enum { ACT_LEAST = 500 };
/* What was read so long ago is read again before the act: a slow disk may have held the intent up. */
enum { PIN_STALE = 250 };

/* The session of one plan item while it is treated. */
struct treatment {
	struct run *run;
	const struct plan_item *item;
	const struct target *target;
	struct arena arena; /* of now's texts */
	struct session now; /* as it was read last */
	struct pin *pin;
	int64_t pinned_at; /* monotonic ms: when the answer came */
	bool sent;         /* the order went out: only then may a later look call it done */
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
			/* Our deadline cut the last look short: that says nothing about the host. */
			if (error->code == ERROR_TIMEOUT)
				error_clear(error);
			return error_set(error, ERROR_TIMEOUT, STEP_VERIFY,
			                 "the order was accepted, but was not seen to be done by the deadline");
		}
		pause_for(pause);
		pause = pause * 2 > VERIFY_LONGEST ? VERIFY_LONGEST : pause * 2;
	}
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

/* Pins the session and compares.  0: it is the one that was selected, and still meant. */
static int pin_and_compare(struct treatment *treatment, struct remedy_result *result)
{
	const struct remedy_order *order = treatment->run->order;
	struct deadline deadline = step_deadline(treatment->run, 0);
	int64_t host_now;

	if (pin_again(treatment->run, treatment->target, treatment->item->session, &treatment->pin, &treatment->now,
	              &host_now, &treatment->arena, &deadline, &result->error) < 0) {
		treatment->now = *treatment->item->session;
		result->kind = result->error.code == ERROR_GONE ? RESULT_DONE : RESULT_FAILED;
		result->outcome.code = OUTCOME_GONE;
		return -1;
	}
	treatment->pinned_at = clock_monotonic();
	result->refusal =
	    rule_rematch(&order->rule, order->action.act, treatment->item->session, &treatment->now, host_now);
	if (result->refusal == REFUSAL_NONE)
		return 0;
	result->kind = RESULT_REFUSED;
	return -1;
}

static void let_go(struct treatment *treatment)
{
	if (treatment->pin != NULL)
		treatment->target->provider->unpin(treatment->pin);
	treatment->pin = NULL;
}

/* Is what was read still fresh?  If not, it is read and compared again. */
static int still_fresh(struct treatment *treatment, struct remedy_result *result)
{
	if (clock_monotonic() - treatment->pinned_at <= PIN_STALE)
		return 0;
	let_go(treatment);
	return pin_and_compare(treatment, result);
}

/* The intent, on the disk; then the act.  -1: not done, and result says why. */
static int intend_and_act(struct treatment *treatment, struct remedy_result *result)
{
	struct run *run = treatment->run;
	const struct action *action = &run->order->action;
	struct deadline deadline;

	result->kind = RESULT_FAILED;
	if (remedy_audit_session(run, "intent", treatment->target, &treatment->now, NULL, NULL, &result->error) < 0) {
		run->tally.audit_lost = true;
		return -1;
	}
	if (still_fresh(treatment, result) < 0)
		return -1;
	deadline = step_deadline(run, action->answer_wait);
	treatment->sent = true;
	if (treatment->target->provider->act(treatment->pin, action, &deadline, &result->outcome, &result->error) < 0) {
		if (result->error.code == ERROR_CHANGED) { /* the back end has compared, too */
			result->kind = RESULT_REFUSED;
			result->refusal = REFUSAL_CHANGED;
		}
		return -1;
	}
	result->kind = RESULT_DONE;
	return 0;
}

static struct remedy_result treat(struct treatment *treatment)
{
	struct run *run = treatment->run;
	struct remedy_result result = {.kind = RESULT_FAILED};
	int acted;

	if (pin_and_compare(treatment, &result) < 0)
		return result;
	acted = intend_and_act(treatment, &result);
	let_go(treatment);
	if (treatment->sent && result.kind == RESULT_FAILED && answer_lost(&result.error))
		look_again(run, treatment->target, &treatment->now, &result);
	else if (acted == 0 && result.outcome.code != OUTCOME_GONE &&
	         verify(run, treatment->target, &treatment->now, &result.error) < 0)
		result.kind = RESULT_FAILED;
	return result;
}

static void record(struct run *run, const struct plan_item *item, const struct session *session,
                   const struct remedy_result *result)
{
	struct error lost = {0};
	const char *event = result->kind == RESULT_REFUSED ? "refused" : "result";

	remedy_tally_add(&run->tally, result);
	if (remedy_audit_session(run, event, item->visit->target, session, remedy_result_name(result),
	                         remedy_result_reason(result), &lost) < 0)
		run->tally.audit_lost = true;
	report_result(run->order, item, result);
}

static void act_on(struct run *run, const struct plan_item *item)
{
	struct treatment treatment = {.run = run, .item = item, .target = item->visit->target, .now = *item->session};
	struct remedy_result result = treat(&treatment);

	let_go(&treatment);
	record(run, item, &treatment.now, &result);
	arena_free(&treatment.arena);
}

void remedy_act_on_all(struct run *run)
{
	for (size_t i = 0; i < run->plan.count; i++) {
		const struct plan_item *item = &run->plan.items[i];

		if (!plan_item_due(item))
			continue;
		if (remedy_stopped || run->tally.audit_lost || deadline_left(&run->deadline) < ACT_LEAST) {
			run->tally.left++;
			continue;
		}
		act_on(run, item);
	}
	hang_up(run);
}
