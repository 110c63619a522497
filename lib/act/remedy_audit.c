/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit lines of a run (doc/audit.md).  This observer may veto an act. */
#include <jansson.h>
#include <stddef.h>

#include "lib/act/audit.h"
#include "lib/act/plan.h"
#include "lib/act/remedy.h"
#include "lib/act/remedy_run.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/config/settings.h"
#include "lib/judge/select.h"
#include "lib/session/session.h"
#include "lib/session/session_json.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"

static json_t *action_json(const struct remedy_event *event)
{
	return json_string(act_name(event->order->action.act));
}

/* The keys that a line about a session has.  outcome and reason may be NULL. */
static json_t *session_fields(const struct remedy_event *event, json_t *session, const char *outcome,
                              const char *reason)
{
	const struct remedy_words *words = &event->order->words;
	const char *because =
	    words->because != NULL && event->item != NULL ? words->because(words->context, event->item->session) : NULL;
	json_t *fields = json_object();

	json_object_set_new(fields, "action", action_json(event));
	if (event->item != NULL)
		json_object_set_new(fields, "target", json_string(event->item->visit->target->url));
	if (event->item != NULL && !text_same(event->item->identity, event->item->session->host))
		json_object_set_new(fields, "acting_host", json_string(event->item->identity));
	json_object_set_new(fields, "session", session);
	if (because != NULL)
		json_object_set_new(fields, "because", json_string(because));
	if (outcome != NULL)
		json_object_set_new(fields, "outcome", json_string(outcome));
	if (reason != NULL)
		json_object_set_new(fields, "reason", json_string(reason));
	return fields;
}

/* At most this many are named. */
enum { NAMED_MOST = 20 };

/* One line for all sessions of the plan that were refused for the same reason as this item. */
static int write_together(struct audit *audit, const struct remedy_event *event, struct error *error)
{
	json_t *sessions = json_array(), *fields;
	json_int_t count = 0;

	for (size_t i = 0; i < event->plan->count; i++) {
		const struct session *session = event->plan->items[i].session;

		if (event->plan->items[i].refusal != event->item->refusal)
			continue;
		if (count++ < NAMED_MOST)
			json_array_append_new(sessions,
			                      json_pack("{s:s, s:s}", "host", session->host, "id", session->id));
	}
	fields = json_pack("{s:o, s:s, s:I, s:o}", "action", action_json(event), "reason",
	                   refusal_text(event->item->refusal), "count", count, "sessions", sessions);
	return audit_note(audit, "refused", fields, error);
}

/* Sessions that the plan keeps: one line for each that a person would ask about. */
static int write_refused(struct audit *audit, const struct remedy_event *event, struct error *error)
{
	const struct plan_missing *missing = event->missing;
	const char *reason = event->item != NULL ? event->item->reason : refusal_text(REFUSAL_CHANGED);
	json_t *session;

	if (event->plan != NULL)
		return write_together(audit, event, error);
	session = event->item != NULL ? session_to_json(event->item->session)
	                              : json_pack("{s:s, s:s}", "host", missing->host, "id", missing->id);
	return audit_note(audit, "refused", session_fields(event, session, NULL, reason), error);
}

/* On the disk before the first act: other runs count it against the shared limits. */
static int write_plan(struct audit *audit, const struct remedy_event *event, struct error *error)
{
	json_t *fields = json_object(), *acts = json_array();
	const struct settings *settings = event->order->settings;
	const struct plan *plan = event->plan;

	for (size_t i = 0; i < plan->count; i++) {
		const struct session *session = plan->items[i].session;

		if (!plan_item_due(&plan->items[i]))
			continue;
		json_array_append_new(acts, json_pack("{s:s, s:s, s:s, s:s}", "host", session->host, "id", session->id,
		                                      "target", plan->items[i].visit->target->url, "acting_host",
		                                      plan->items[i].identity));
	}
	json_object_set_new(fields, "action", action_json(event));
	json_object_set_new(fields, "acts", acts);
	json_object_set_new(fields, "user_sessions", json_integer((json_int_t)plan->user_sessions));
	if (settings->section != NULL)
		json_object_set_new(fields, "section", json_string(settings->section));
	if (settings->service_state != NULL)
		json_object_set_new(fields, "service",
		                    json_pack("{s:s, s:s, s:s}", "state", settings->service_state, "type",
		                              settings->state_type != NULL ? settings->state_type : "", "attempt",
		                              settings->attempt != NULL ? settings->attempt : ""));
	return audit_write(audit, "plan", fields, error);
}

static int write_limit(struct audit *audit, const struct remedy_event *event, struct error *error)
{
	json_t *fields = json_pack("{s:o, s:I, s:I, s:I}", "action", action_json(event), "planned",
	                           (json_int_t)event->plan->selected, "recent", (json_int_t)event->recent,
	                           "user_sessions", (json_int_t)event->plan->user_sessions);

	return audit_write(audit, "limit", fields, error);
}

static int write_intent(struct audit *audit, const struct remedy_event *event, struct error *error)
{
	return audit_write(audit, "intent", session_fields(event, session_to_json(event->session), NULL, NULL), error);
}

static int write_result(struct audit *audit, const struct remedy_event *event, struct error *error)
{
	const struct remedy_result *result = event->result;

	return audit_write(audit, result->kind == RESULT_REFUSED ? "refused" : "result",
	                   session_fields(event, session_to_json(event->session), remedy_result_name(result),
	                                  remedy_result_reason(result)),
	                   error);
}

/* An order of another run: with the words of that run. */
static int write_closed(struct audit *audit, const struct remedy_event *event, struct error *error)
{
	json_t *fields = json_pack("{s:s, s:s, s:o, s:s, s:s}", "action", event->action, "target", event->target,
	                           "session", session_to_json(event->session), "outcome",
	                           remedy_result_name(event->result), "reason", remedy_result_reason(event->result));

	return audit_write(audit, "result", fields, error);
}

char *remedy_audit_last_line(const struct audit *audit, const struct remedy_event *event)
{
	const struct remedy_result lost = {
	    .kind = RESULT_FAILED,
	    .error = {.code = ERROR_SYSTEM, .text = "the handler ran out of memory: whether it was done is not known"},
	};

	json_t *fields = session_fields(event, session_to_json(event->session), remedy_result_name(&lost),
	                                remedy_result_reason(&lost));
	char *line = audit_render(audit, "result", fields);

	json_decref(fields);
	return line;
}

int remedy_audit_tell(struct audit *audit, const struct remedy_event *event, struct error *error)
{
	switch (event->news) {
	case NEWS_REFUSED:
		return write_refused(audit, event, error);
	case NEWS_LIMIT:
		return write_limit(audit, event, error);
	case NEWS_BEGIN:
		return write_plan(audit, event, error);
	case NEWS_INTENT:
		return write_intent(audit, event, error);
	case NEWS_RESULT:
		return write_result(audit, event, error);
	case NEWS_END:
		return audit_write(audit, "end", json_pack("{s:I}", "left", (json_int_t)event->tally->left), error);
	case NEWS_CLOSED:
		return write_closed(audit, event, error);
	case NEWS_LISTED:
	case NEWS_NOTE:
	case NEWS_PENDING:
	case NEWS_PLANNED:
	case NEWS_DECLINED:
	case NEWS_LEFT_OUT:
	case NEWS_PROBLEM:
		break;
	}
	return 0;
}
