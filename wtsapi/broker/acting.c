/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One act on one session, through the remedy engine, like a handler with --stdin.  The session is as it is now, after a
 * check that it is the one that the caller was shown.
 */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "lib/act/plan.h"
#include "lib/act/remedy.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/collect/collect.h"
#include "lib/config/settings.h"
#include "lib/judge/select.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "wtsapi/broker/broker.h"
#include "wtsapi/message.h"

enum { CALLER_MOST = 64 };

static const char *text_of(const struct question *question, const char *key)
{
	const char *value = message_find(question->request, key);

	return value != NULL ? value : "";
}

/* The identity that the caller was shown. */
static void wanted_session(struct session *wanted, const struct question *question)
{
	session_init(wanted);
	wanted->provider = text_of(question, "provider");
	wanted->host = text_of(question, "host");
	wanted->id = text_of(question, "session");
	wanted->user = text_of(question, "user");
	wanted->birth = text_of(question, "birth");
}

static bool same_place(const struct session *a, const struct session *b)
{
	return text_same(a->id, b->id) && text_same(a->host, b->host) && text_same(a->provider, b->provider);
}

/* The session in a new list; NULL: it is not there, or has become another one. */
static const struct session *find_fresh(const struct snapshot *snapshot, const struct session *wanted)
{
	for (size_t i = 0; i < snapshot->count; i++) {
		const struct session *session = &snapshot->sessions[i];

		if (same_place(session, wanted) && text_same(session->user, wanted->user) &&
		    strcmp(session->birth, wanted->birth) == 0)
			return session;
	}
	return NULL;
}

/* The caller's error code: the first event that decides it. */
struct verdict {
	struct message *reply;
	struct error *error;
	bool found;
};

static void conclude(struct verdict *verdict, const char *outcome, const char *key, const char *text)
{
	if (verdict->found || verdict->error->code != ERROR_NONE)
		return;
	verdict->found = true;
	message_put(verdict->reply, "outcome", outcome);
	message_put(verdict->reply, key, text);
}

static void hear_targets(struct verdict *verdict, const struct remedy_event *event)
{
	for (size_t i = 0; i < event->visit_count; i++)
		if (event->visits[i].error.code != ERROR_NONE && !verdict->found && verdict->error->code == ERROR_NONE)
			*verdict->error = event->visits[i].error;
}

/* A session that the plan refuses decides it. */
static void hear_plan(struct verdict *verdict, const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_item *item = &plan->items[i];

		if (item->refusal != REFUSAL_NONE)
			conclude(verdict, "refused", "reason", item->reason);
		else if (item->unsupported)
			conclude(verdict, "failed", "reason", item->reason);
	}
	/* Another session may have its place now. */
	for (size_t i = 0; i < plan->missing_count; i++)
		conclude(verdict, plan->missing[i].changed ? "changed" : "gone", "reason", NULL);
}

static void hear_result(struct verdict *verdict, const struct remedy_result *result)
{
	const char *outcome = remedy_result_name(result);

	/* Windows' own calls also return when the order is accepted. */
	if (result->kind == RESULT_ORDERED)
		outcome = "done";
	conclude(verdict, outcome, strcmp(outcome, "answered") == 0 ? "answer" : "reason",
	         remedy_result_reason(result));
}

static int hear(void *context, const struct remedy_event *event, struct error *error)
{
	struct verdict *verdict = context;

	(void)error;
	switch (event->news) {
	case NEWS_LISTED:
		hear_targets(verdict, event);
		break;
	case NEWS_PLANNED:
		hear_plan(verdict, event->plan);
		break;
	case NEWS_LEFT_OUT:
		conclude(verdict, "locked", "reason", "another handler is at work on its host");
		break;
	case NEWS_RESULT:
		hear_result(verdict, event->result);
		break;
	case NEWS_LIMIT:
	case NEWS_PROBLEM:
		conclude(verdict, "stopped", "reason", event->error->text);
		break;
	case NEWS_CLOSED:
	case NEWS_DECLINED:
	case NEWS_NOTE:
	case NEWS_PENDING:
	case NEWS_REFUSED:
	case NEWS_BEGIN:
	case NEWS_INTENT:
	case NEWS_END:
		break;
	}
	return 0;
}

static int through_engine(struct question *question, const struct action *action, const struct session *session,
                          struct message *reply, struct error *error)
{
	struct settings *settings = &question->settings;
	const char *caller = text_of(question, "caller");
	struct remedy_order order = {
	    .settings = settings,
	    .program = "curfew-wtsapi",
	    .action = *action,
	    .rule =
	        {
	            .filter = settings->filter,
	            .idle_after = settings->idle_after,
	            .from_stdin = true,
	            .picked = session,
	            .picked_count = 1,
	        },
	    .targets = question->target,
	    .target_count = 1,
	    .execute = true,
	};
	struct verdict verdict = {reply, error, false};

	/* A session without a birth equals none.  By its id it is refused, for that reason. */
	if (session->birth[0] == '\0') {
		order.rule.from_stdin = false;
		order.rule.picked_count = 0;
		string_list_add(&order.rule.ids, &settings->arena, session->id);
	}
	if (caller[0] != '\0' && text_plain(caller) && strlen(caller) <= CALLER_MOST)
		order.program = arena_printf(&settings->arena, "curfew-wtsapi for %s", caller);
	settings->confirm = false;
	settings->timeout += action->answer_wait;
	broker_begins_to_act();
	remedy_run(&order, &(struct remedy_observer){hear, &verdict});
	if (!verdict.found)
		error_set(error, ERROR_PROTOCOL, STEP_ACT, "there is no result for the session");
	return error->code == ERROR_NONE ? 0 : -1;
}

static int with_visit(struct question *question, const struct action *action, const struct visit *visit,
                      struct message *reply, struct error *error)
{
	const struct session *fresh;
	struct session wanted;

	if (visit->error.code != ERROR_NONE) {
		*error = visit->error;
		return -1;
	}
	wanted_session(&wanted, question);
	fresh = find_fresh(&visit->snapshot, &wanted);
	if (fresh != NULL && action->act == ACT_DISCONNECT && fresh->state == STATE_DISCONNECTED) {
		message_put(reply, "outcome", "done"); /* as on Windows */
		return 0;
	}
	return through_engine(question, action, fresh != NULL ? fresh : &wanted, reply, error);
}

int broker_act(struct question *question, enum act act, struct message *reply, struct error *error)
{
	struct settings *settings = &question->settings;
	struct action action = {
	    .act = act,
	    .title = text_of(question, "title"),
	    .text = text_of(question, "text"),
	    .force = settings->force,
	};
	struct visit *visit;
	int result;

	if (!settings->execute || settings->dry_run) {
		message_put(reply, "outcome", "forbidden");
		message_put(reply, "reason", "there is no execute = yes in [section wtsapi]");
		return 0;
	}
	if (message_number(message_find(question->request, "wait"), &action.answer_wait) < 0 || action.answer_wait < 0)
		action.answer_wait = 0;
	visit = collect_targets(question->target, 1, settings->target_timeout,
	                        deadline_in(question_list_time(question)), NEED_EVERYTHING);
	result = with_visit(question, &action, visit, reply, error);
	visits_free(visit, 1);
	return result;
}
