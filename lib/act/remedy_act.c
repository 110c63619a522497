/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sessions of one host, one after the other: pin, compare, write the
 * intent, act (doc/architecture.md, "How a session is ended").
 */
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/act/remedy.h"
#include "lib/act/remedy_run.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/judge/select.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"

/* ms: a session that was read longer ago is read again before the act.  A slow disk may have delayed the intent. */
enum { PIN_STALE = 250 };

struct deadline attempt_deadline(const struct run *run, int64_t extra)
{
	return deadline_earlier(run->deadline, deadline_in(run->order->settings->target_timeout + extra));
}

/* After these errors the order may or may not have arrived, and the connection must be opened again. */
static bool answer_lost(const struct error *error)
{
	return error->code == ERROR_TIMEOUT || error->code == ERROR_CRASHED || error->code == ERROR_PROTOCOL;
}

void host_hang_up(struct host_work *work)
{
	if (work->connected != NULL)
		work->connected->provider->close(work->connection);
	work->connected = NULL;
}

/* A host's sessions come in the order of their targets, so one open connection is enough. */
static int host_connect(struct host_work *work, const struct target *target, const struct deadline *deadline,
                        struct error *error)
{
	struct trail trail;

	if (work->connected == target)
		return 0;
	host_hang_up(work);
	trail_begin(&trail);
	if (target->provider->open(target, deadline, &trail, &work->connection, error) < 0)
		return -1;
	work->connected = target;
	return 0;
}

/* Reads the session again, and holds it.  After a failure the connection is closed. */
int host_pin(struct host_work *work, const struct target *target, const struct session *wanted, struct pin **pin,
             struct session *now, int64_t *host_now, struct arena *arena, const struct deadline *deadline,
             struct error *error)
{
	if (host_connect(work, target, deadline, error) == 0 &&
	    target->provider->pin(work->connection, wanted, deadline, pin, now, host_now, arena, error) == 0)
		return 0;
	if (answer_lost(error))
		host_hang_up(work);
	return -1;
}

static void tally_add(struct remedy_tally *tally, const struct remedy_result *result)
{
	switch (result->kind) {
	case RESULT_DONE:
		if (result->outcome.code == OUTCOME_GONE)
			tally->gone++;
		else
			tally->done++;
		break;
	case RESULT_ORDERED:
		tally->ordered++;
		break;
	case RESULT_REFUSED:
		tally->refused++;
		break;
	case RESULT_FAILED:
		tally->failed++;
		break;
	}
}

void attempt_finish(struct run *run, struct attempt *attempt)
{
	struct error ignored = {0}; /* run_tell() keeps it */
	char *line;

	pthread_mutex_lock(&run->mutex);
	tally_add(&run->tally, &attempt->result);
	run_tell(run,
	         (struct remedy_event){
	             .news = NEWS_RESULT, .item = attempt->item, .session = &attempt->now, .result = &attempt->result},
	         &ignored);
	pthread_mutex_unlock(&run->mutex);
	attempt->stage = STAGE_FINISHED;
	line = attempt->last_line;
	attempt->last_line = NULL; /* first: another thread may be in its out-of-memory handler */
	free(line);
	arena_free(&attempt->arena);
}

/* A session that hangs may use only half of the run's time if others wait on its host. */
static struct deadline order_deadline(const struct run *run, const struct attempt *attempt, int64_t extra)
{
	struct deadline deadline = attempt_deadline(run, extra);

	return attempt->others_wait ? deadline_earlier(deadline, deadline_in(deadline_left(&run->deadline) / 2))
	                            : deadline;
}

/* Pins the session and compares.  0: it is the selected one, and the rule still selects it. */
static int pin_and_compare(struct run *run, struct host_work *work, struct attempt *attempt)
{
	const struct remedy_order *order = run->order;
	struct remedy_result *result = &attempt->result;
	struct deadline deadline = order_deadline(run, attempt, 0);
	int64_t host_now;

	if (host_pin(work, attempt->target, attempt->item->session, &attempt->pin, &attempt->now, &host_now,
	             &attempt->arena, &deadline, &result->error) < 0) {
		attempt->pin = NULL;
		attempt->now = *attempt->item->session;
		result->kind = result->error.code == ERROR_GONE ? RESULT_DONE : RESULT_FAILED;
		result->outcome.code = OUTCOME_GONE;
		return -1;
	}
	attempt->pinned_at = clock_boot();
	result->refusal =
	    rule_rematch(&order->rule, order->action.act, attempt->item->session, &attempt->now, host_now);
	if (result->refusal == REFUSAL_NONE)
		return 0;
	result->kind = RESULT_REFUSED;
	return -1;
}

static void let_go(struct attempt *attempt)
{
	if (attempt->pin != NULL)
		attempt->target->provider->unpin(attempt->pin);
	attempt->pin = NULL;
}

/* The session was read too long ago: reads and compares it again. */
static int refresh(struct run *run, struct host_work *work, struct attempt *attempt)
{
	while (clock_boot() - attempt->pinned_at > PIN_STALE) {
		let_go(attempt);
		if (pin_and_compare(run, work, attempt) < 0)
			return -1;
		if (deadline_passed(&run->deadline))
			return error_set(&attempt->result.error, ERROR_CANCELLED, STEP_ACT, "the run's time was over");
	}
	return 0;
}

static int write_intent(struct run *run, struct attempt *attempt)
{
	const struct remedy_event event = {
	    .news = NEWS_INTENT, .order = run->order, .item = attempt->item, .session = &attempt->now};
	int written;

	free(attempt->last_line);
	attempt->last_line = remedy_audit_last_line(&run->audit, &event);
	if (attempt->last_line == NULL)
		return error_set(&attempt->result.error, ERROR_SYSTEM, STEP_ACT,
		                 "the result cannot be written as JSON");
	pthread_mutex_lock(&run->mutex);
	written = run_tell(run, event, &attempt->result.error);
	pthread_mutex_unlock(&run->mutex);
	return written;
}

/* The order's action, with this session's text. */
static struct action action_for(const struct remedy_order *order, const struct session *session)
{
	struct action action = order->action;

	if (order->words.text != NULL)
		action.text = order->words.text(order->words.context, session);
	return action;
}

/* Writes the intent to the disk, then acts.  -1: not done, see the result. */
static int intend_and_act(struct run *run, struct host_work *work, struct attempt *attempt)
{
	const struct action action = action_for(run->order, attempt->item->session);
	struct remedy_result *result = &attempt->result;
	struct deadline deadline;

	result->kind = RESULT_FAILED;
	if (write_intent(run, attempt) < 0 || refresh(run, work, attempt) < 0)
		return -1;
	result->kind = RESULT_FAILED;
	deadline = order_deadline(run, attempt, action.answer_wait);
	attempt->stage = STAGE_SENT; /* from here on a later look may find it done */
	if (attempt->target->provider->act(attempt->pin, &action, &deadline, &result->outcome, &result->error) == 0)
		return 0;
	if (result->error.code == ERROR_CHANGED) { /* the back end compares, too */
		result->kind = RESULT_REFUSED;
		result->refusal = REFUSAL_CHANGED;
	}
	return -1;
}

static void order_one(struct run *run, struct host_work *work, struct attempt *attempt)
{
	struct remedy_result *result = &attempt->result;
	int acted = pin_and_compare(run, work, attempt);

	if (acted == 0)
		acted = intend_and_act(run, work, attempt);
	let_go(attempt);
	if (acted < 0 && answer_lost(&result->error))
		host_hang_up(work);
	if (acted < 0 && attempt->stage == STAGE_SENT && result->kind == RESULT_FAILED && answer_lost(&result->error) &&
	    run->order->action.act != ACT_MESSAGE) {
		attempt->stage = STAGE_LOST;
	} else if (acted == 0 && result->outcome.code != OUTCOME_GONE && run->order->action.act != ACT_MESSAGE) {
		attempt->stage = STAGE_WATCHED;
	} else {
		if (acted == 0)
			result->kind = RESULT_DONE;
		attempt_finish(run, attempt);
	}
}

void remedy_order_host(struct run *run, struct host_work *work)
{
	for (size_t i = 0; i < work->count; i++) {
		bool ending;

		work->attempts[i].others_wait = i + 1 < work->count;
		pthread_mutex_lock(&run->mutex);
		ending = run_ending(run);
		run->tally.left += ending;
		pthread_mutex_unlock(&run->mutex);
		if (ending)
			work->attempts[i].stage = STAGE_FINISHED;
		else
			order_one(run, work, &work->attempts[i]);
	}
	/* This connection may still owe an answer, which would delay the looks that follow. */
	host_hang_up(work);
}
