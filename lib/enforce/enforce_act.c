/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Does what is due, through the remedy engine.  The engine gets the sessions as they were listed, lists them again, and
 * acts on those that are still the same.  A session that was idle too long must not have had input since.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/act/remedy.h"
#include "lib/act/remedy_whole.h"
#include "lib/act/remedy_writer.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/name_index.h"
#include "lib/config/settings.h"
#include "lib/enforce/enforce_run.h"
#include "lib/judge/select.h"
#include "lib/ledger/ledger.h"
#include "lib/policy/policy.h"
#include "lib/policy/zone.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"

/* ms that a user has to answer a question; --answer-wait overrides it. */
enum { ANSWER_WAIT = 15 * 1000 };

/* A part of the plan that is passed to the engine as one order. */
struct part {
	struct enforcement *run;
	struct settings settings;
	enum policy_step step;
	bool despite_input; /* length and deadline: input changes nothing */
	bool asks;          /* POLICY_WARN: the user may answer, and gets more time */
	bool stopped_by_limit;
	struct session *picked;
	struct enforce_item **items; /* of picked */
	size_t count;
	struct target *targets;
	size_t target_count;
	struct rule rule;
	struct rule_index index;
	struct error error; /* why a warning could not be recorded */
};

static bool counts_in_spite_of_input(enum policy_cause cause)
{
	return cause == CAUSE_LENGTH || cause == CAUSE_DEADLINE;
}

static bool belongs(const struct part *part, const struct enforce_item *item)
{
	if (item->decision.step != part->step)
		return false;
	if (part->step == POLICY_WARN)
		return part->asks ? item->question != NULL : !item->given;
	return counts_in_spite_of_input(item->decision.cause) == part->despite_input;
}

static struct enforce_item *item_of(const struct part *part, const struct session *session)
{
	const struct rule_index *index = &part->index;
	size_t id = name_index_find(&index->picked_ids, session->id);

	for (size_t i = id != NAME_NONE ? index->first[id] : NAME_NONE; i != NAME_NONE; i = index->next[i])
		if (session_same_identity(&part->picked[i], session))
			return part->items[i];
	return NULL;
}

static const char *text_of(void *context, const struct session *session)
{
	const struct part *part = context;
	const struct enforce_item *item = item_of(part, session);

	if (item == NULL || item->text == NULL)
		return "";
	return part->asks ? item->question : item->text;
}

static const char *because_of(void *context, const struct session *session)
{
	const struct enforce_item *item = item_of(context, session);

	return item != NULL ? item->because : NULL;
}

/* Whether the warning was shown.  If the session was refused or has ended, it was neither given nor undelivered. */
static enum warning_state state_of(const struct remedy_result *result)
{
	switch (result->kind) {
	case RESULT_DONE:
		return result->outcome.code == OUTCOME_GONE ? WARNING_NONE : WARNING_GIVEN;
	case RESULT_FAILED:
		return WARNING_UNDELIVERED;
	case RESULT_ORDERED:
	case RESULT_REFUSED:
		break;
	}
	return WARNING_NONE;
}

/* A user who did not answer the question, or could not be asked, gets the warning as a message that stays. */
static bool asked_in_vain(const struct part *part, const struct remedy_result *result)
{
	return part->asks && (result->kind != RESULT_DONE || result->outcome.code == OUTCOME_NO_ANSWER);
}

/* The answer "ok" puts the end off. */
static int remember_answer(struct part *part, const struct enforce_item *item, const struct outcome *outcome,
                           struct error *error)
{
	const struct policy_decision *decision = &item->decision;

	if (!part->asks || outcome->code != OUTCOME_ANSWERED || strcmp(outcome->answer, "ok") != 0)
		return 0;
	return ledger_snoozed(part->run->ledger, item->visit->target->url, item->session,
	                      decision->end_at + decision->policy->snooze.length, error);
}

/* The run ends if a warning cannot be recorded: the next run would give it again. */
static int remember(struct part *part, const struct remedy_event *event, struct error *error)
{
	struct enforce_item *item = item_of(part, event->item->session);
	struct ledger_warning warning = {.state = state_of(event->result), .at = clock_now()};

	if (item == NULL || warning.state == WARNING_NONE || asked_in_vain(part, event->result))
		return 0;
	if (remember_answer(part, item, &event->result->outcome, error) < 0)
		return -1;
	item->given = true;
	warning.url = item->visit->target->url;
	warning.session = item->session;
	warning.policy = item->decision.policy->name;
	warning.cause = item->decision.cause;
	warning.end = item->decision.end;
	warning.began = item->decision.began;
	warning.end_at = item->decision.end_at;
	warning.rung = item->decision.rung;
	return ledger_warned(part->run->ledger, &warning, error);
}

static int tell(void *context, const struct remedy_event *event, struct error *error)
{
	struct part *part = context;
	struct remedy_writer *writer = part->run->writer;

	part->stopped_by_limit = part->stopped_by_limit || event->news == NEWS_LIMIT;
	if (event->news == NEWS_RESULT && part->step == POLICY_WARN && remember(part, event, &part->error) < 0)
		return -1;
	return part->run->settings->pass_thru ? remedy_json_tell(writer, event, error)
	                                      : remedy_text_tell(writer, event, error);
}

static int64_t answer_wait(const struct enforcement *run)
{
	return run->settings->answer_wait > 0 ? run->settings->answer_wait : ANSWER_WAIT;
}

/* The most questions per host.  Its users are asked one after the other, in two thirds of the time that is left. */
static size_t questions_most(const struct enforcement *run)
{
	return (size_t)(deadline_left(&run->deadline) * 2 / 3 / answer_wait(run));
}

/* Adds only the targets that have sessions of this part. */
static void part_fill(struct part *part)
{
	struct enforcement *run = part->run;
	const struct visit *last = NULL;
	const size_t most = part->asks ? questions_most(run) : SIZE_MAX;
	size_t of_target = 0;

	part->picked = arena_alloc(&run->arena, run->count * sizeof *part->picked);
	part->items = arena_alloc(&run->arena, run->count * sizeof *part->items);
	part->targets = arena_alloc(&run->arena, run->target_count * sizeof *part->targets);
	for (size_t i = 0; i < run->count; i++) {
		struct enforce_item *item = &run->items[i];

		if (item->visit != last)
			of_target = 0;
		last = item->visit;
		if (!belongs(part, item) || of_target == most)
			continue;
		if (of_target++ == 0)
			part->targets[part->target_count++] = *item->visit->target;
		part->items[part->count] = item;
		part->picked[part->count++] = *item->session;
	}
	part->rule = (struct rule){
	    .filter = run->settings->filter,
	    .idle_after = run->settings->idle_after,
	    .from_stdin = true,
	    .picked = part->picked,
	    .picked_count = part->count,
	    .despite_input = part->despite_input,
	};
	rule_index_make(&part->rule, &part->index, &run->arena);
}

/* The noon that began the night of the limits, on the clock of the first policy that has a zone. */
static int64_t night_began(const struct enforcement *run)
{
	for (size_t i = 0; i < run->policy_count; i++)
		if (run->policies[i].zone != NULL)
			return zone_noon(run->policies[i].zone, run->set.now);
	return 0;
}

static struct remedy_order order_of(struct part *part)
{
	static const enum act acts[] = {
	    [POLICY_WARN] = ACT_MESSAGE, [POLICY_DISCONNECT] = ACT_DISCONNECT, [POLICY_LOGOFF] = ACT_LOGOFF};

	part->settings = *part->run->settings;
	return (struct remedy_order){
	    .settings = &part->settings,
	    .program = part->run->program,
	    .action = {.act = acts[part->step],
	               .title = part->settings.title,
	               .text = "",
	               .force = part->settings.force,
	               .answer_wait = part->asks ? answer_wait(part->run) : 0},
	    .rule = part->rule,
	    .targets = part->targets,
	    .target_count = part->target_count,
	    .execute = true,
	    .by_policy = true,
	    .words = {part->step == POLICY_WARN ? text_of : NULL, because_of, part},
	    .night_began = night_began(part->run),
	};
}

static int part_run(struct part *part, const struct remedy_order *order)
{
	const struct remedy_observer observer = {tell, part};
	int status;

	if (remedy_stopping() || deadline_passed(&part->run->deadline))
		return REMEDY_FAILED;
	part->settings.timeout = deadline_left(&part->run->deadline);
	status = remedy_run(order, &observer);
	if (part->error.code != ERROR_NONE)
		enforce_say(part->run, &(struct error){0}, "ENFORCE CRITICAL: a warning could not be remembered: %s",
		            part->error.text);
	return status;
}

/* Closes the orders of earlier runs by the lists of this run, which may have nothing else to do. */
static int close_orders(struct enforcement *run)
{
	struct part part = {.run = run};
	const struct remedy_observer observer = {tell, &part};
	const struct remedy_order order = {.settings = run->settings, .program = run->program, .execute = true};

	return remedy_close(&order, run->visits, run->target_count, &observer);
}

/* The worse of two: failed, no information, refused, done. */
static int worse(int a, int b)
{
	static const int rank[] = {[REMEDY_DONE] = 0, [REMEDY_REFUSED] = 1, [REMEDY_UNKNOWN] = 2, [REMEDY_FAILED] = 3};

	return rank[a] >= rank[b] ? a : b;
}

/* First asks the users who can get more time by an answer.  The others, and those who did not answer, get a message
 * that stays. */
static int warn_all(struct enforcement *run)
{
	int status = REMEDY_DONE;

	for (int asks = 1; asks >= 0; asks--) {
		struct part part = {.run = run, .step = POLICY_WARN, .despite_input = true, .asks = asks != 0};
		struct remedy_order order;

		part_fill(&part);
		order = order_of(&part);
		if (part.count > 0)
			status = worse(status, part_run(&part, &order));
	}
	return status;
}

enum { ENDS = 4 };

/* Makes the parts that end sessions, and their orders.  Returns the number of those that have sessions. */
static size_t ends_make(struct enforcement *run, struct part parts[ENDS], struct remedy_order orders[ENDS])
{
	static const struct {
		enum policy_step step;
		bool despite_input;
	} kinds[ENDS] = {
	    {POLICY_DISCONNECT, false}, {POLICY_DISCONNECT, true}, {POLICY_LOGOFF, false}, {POLICY_LOGOFF, true}};
	size_t count = 0;

	for (size_t i = 0; i < ENDS; i++) {
		parts[count] =
		    (struct part){.run = run, .step = kinds[i].step, .despite_input = kinds[i].despite_input};
		part_fill(&parts[count]);
		if (parts[count].count > 0) {
			orders[count] = order_of(&parts[count]);
			count++;
		}
	}
	return count;
}

/* If a part is over a limit, neither it nor the parts after it end anything. */
static int end_all(struct enforcement *run)
{
	struct part parts[ENDS];
	struct remedy_order orders[ENDS];
	size_t count = ends_make(run, parts, orders);
	struct remedy_whole whole;
	int status = REMEDY_DONE;

	if (count == 0)
		return status;
	remedy_whole_make(&whole, orders, count, run->visits, run->target_count, &run->deadline);
	for (size_t i = 0; i < count; i++) {
		if (run->over_limit == 0)
			status = worse(status, part_run(&parts[i], &orders[i]));
		if (run->over_limit > 0 || parts[i].stopped_by_limit)
			run->over_limit += parts[i].count;
	}
	remedy_whole_free(&whole);
	return status;
}

int enforce_act(struct enforcement *run)
{
	int status = close_orders(run);

	if (status != REMEDY_DONE) /* the audit cannot be read or written */
		return status;
	/* Warnings first: they end nothing, and an earlier warning gives more time. */
	status = warn_all(run);
	return worse(status, end_all(run));
}

int enforce_foretell(struct enforcement *run)
{
	struct part parts[ENDS];
	struct remedy_order orders[ENDS];
	size_t count = ends_make(run, parts, orders);
	struct remedy_whole whole;
	struct error error = {0};
	int status = REMEDY_DONE;

	if (count == 0)
		return status;
	remedy_whole_make(&whole, orders, count, run->visits, run->target_count, NULL);
	if (remedy_whole_judge(&orders[0], &error) < 0) {
		for (size_t i = 0; i < count; i++)
			run->over_limit += parts[i].count;
		enforce_say(run, &(struct error){0}, "ENFORCE CRITICAL: %s", error.text);
		status = REMEDY_FAILED;
	}
	remedy_whole_free(&whole);
	return status;
}
