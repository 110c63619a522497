/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is due, through the remedy engine.  It gets the sessions as they were listed, lists them again, and acts on
 * those that are still the same: of one that was idle too long, without input since.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/act/remedy.h"
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
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"

/* A part of the plan that is one order of the engine. */
struct part {
	struct enforcement *run;
	enum policy_step step;
	bool despite_input; /* length and deadline: input changes nothing */
	struct session *picked;
	const struct enforce_item **items; /* of picked */
	size_t count;
	struct target *targets;
	size_t target_count;
	struct rule rule;
	struct rule_index index;
	struct error error; /* why a warning could not be remembered */
};

static bool counts_in_spite_of_input(enum policy_cause cause)
{
	return cause == CAUSE_LENGTH || cause == CAUSE_DEADLINE;
}

static bool belongs(const struct part *part, const struct enforce_item *item)
{
	return item->decision.step == part->step &&
	       (part->step == POLICY_WARN || counts_in_spite_of_input(item->decision.cause) == part->despite_input);
}

static const struct enforce_item *item_of(const struct part *part, const struct session *session)
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
	const struct enforce_item *item = item_of(context, session);

	return item != NULL && item->text != NULL ? item->text : "";
}

static const char *because_of(void *context, const struct session *session)
{
	const struct enforce_item *item = item_of(context, session);

	return item != NULL ? item->because : NULL;
}

/* Was it shown?  What was refused or is gone is no warning, and no failed one either. */
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

/* A warning that is not remembered would be given again: the run ends. */
static int remember(struct part *part, const struct remedy_event *event, struct error *error)
{
	const struct enforce_item *item = item_of(part, event->item->session);
	struct ledger_warning warning = {.state = state_of(event->result), .at = clock_now()};

	if (item == NULL || warning.state == WARNING_NONE)
		return 0;
	warning.url = item->visit->target->url;
	warning.session = item->session;
	warning.cause = item->decision.cause;
	warning.began = item->decision.began;
	warning.rung = item->decision.rung;
	return ledger_warned(part->run->ledger, &warning, error);
}

static int tell(void *context, const struct remedy_event *event, struct error *error)
{
	struct part *part = context;
	struct remedy_writer *writer = part->run->writer;

	if (event->news == NEWS_RESULT && part->step == POLICY_WARN && remember(part, event, &part->error) < 0)
		return -1;
	return part->run->settings->pass_thru ? remedy_json_tell(writer, event, error)
	                                      : remedy_text_tell(writer, event, error);
}

/* Only the targets that have somebody of this part. */
static void part_fill(struct part *part)
{
	struct enforcement *run = part->run;
	const struct visit *last = NULL;

	part->picked = arena_alloc(&run->arena, run->count * sizeof *part->picked);
	part->items = arena_alloc(&run->arena, run->count * sizeof *part->items);
	part->targets = arena_alloc(&run->arena, run->target_count * sizeof *part->targets);
	for (size_t i = 0; i < run->count; i++) {
		const struct enforce_item *item = &run->items[i];

		if (!belongs(part, item))
			continue;
		if (item->visit != last)
			part->targets[part->target_count++] = *item->visit->target;
		last = item->visit;
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

static int part_run(struct part *part)
{
	static const enum act acts[] = {
	    [POLICY_WARN] = ACT_MESSAGE, [POLICY_DISCONNECT] = ACT_DISCONNECT, [POLICY_LOGOFF] = ACT_LOGOFF};
	struct settings settings = *part->run->settings;
	int status;
	struct remedy_observer observer = {tell, part};
	struct remedy_order order = {
	    .settings = &settings,
	    .program = part->run->program,
	    .action = {.act = acts[part->step], .title = settings.title, .text = "", .force = settings.force},
	    .rule = part->rule,
	    .targets = part->targets,
	    .target_count = part->target_count,
	    .execute = true,
	    .words = {part->step == POLICY_WARN ? text_of : NULL, because_of, part},
	};

	settings.timeout = deadline_left(&part->run->deadline);
	status = remedy_run(&order, &observer);
	if (part->error.code != ERROR_NONE)
		enforce_say(part->run, &(struct error){0}, "ENFORCE CRITICAL: a warning could not be remembered: %s",
		            part->error.text);
	return status;
}

/* The worse of two: failed, no information, refused, done. */
static int worse(int a, int b)
{
	static const int rank[] = {[REMEDY_DONE] = 0, [REMEDY_REFUSED] = 1, [REMEDY_UNKNOWN] = 2, [REMEDY_FAILED] = 3};

	return rank[a] >= rank[b] ? a : b;
}

int enforce_act(struct enforcement *run)
{
	/* Warnings first: they end nothing, and are the more useful the earlier they come. */
	static const struct {
		enum policy_step step;
		bool despite_input;
	} parts[] = {{POLICY_WARN, true},
	             {POLICY_DISCONNECT, false},
	             {POLICY_DISCONNECT, true},
	             {POLICY_LOGOFF, false},
	             {POLICY_LOGOFF, true}};
	int status = REMEDY_DONE;

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		struct part part = {.run = run, .step = parts[i].step, .despite_input = parts[i].despite_input};

		part_fill(&part);
		if (part.count == 0)
			continue;
		if (remedy_stopping() || deadline_passed(&run->deadline))
			return REMEDY_FAILED;
		status = worse(status, part_run(&part));
	}
	return status;
}
