/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --pass-thru: what happens, as one JSON object per line. */
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "lib/act/host_lock.h"
#include "lib/act/plan.h"
#include "lib/act/remedy.h"
#include "lib/act/remedy_writer.h"
#include "lib/base/buffer.h"
#include "lib/base/error.h"
#include "lib/judge/select.h"
#include "lib/session/session_json.h"
#include "lib/target/provider.h"

/* Takes the reference. */
static void add_line(struct buffer *out, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);

	json_decref(json);
	buffer_printf(out, "%s\n", text != NULL ? text : "{}");
	free(text);
}

static json_t *item_json(const struct remedy_event *event, const struct plan_item *item, const char *outcome,
                         const char *reason)
{
	json_t *json = json_object();

	json_object_set_new(json, "action", json_string(act_name(event->order->action.act)));
	json_object_set_new(json, "dry_run", json_boolean(!event->order->execute));
	json_object_set_new(json, "outcome", json_string(outcome));
	if (reason != NULL)
		json_object_set_new(json, "reason", json_string(reason));
	json_object_set_new(json, "target", json_string(item->visit->target->name));
	json_object_set_new(json, "session", session_to_json(item->session));
	return json;
}

static void add_targets(struct buffer *out, const struct remedy_event *event)
{
	for (size_t i = 0; i < event->visit_count; i++) {
		const struct visit *visit = &event->visits[i];
		const char *name = visit->target->name;

		if (visit->error.code != ERROR_NONE)
			add_line(out, json_pack("{s:s, s:o}", "target", name, "error", error_to_json(&visit->error)));
		else if (!visit->snapshot.complete)
			add_line(out, json_pack("{s:s, s:s}", "target", name, "problem", REMEDY_CUT_SHORT));
	}
}

static void add_plan(struct buffer *out, const struct remedy_event *event)
{
	const struct plan *plan = event->plan;

	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_item *item = &plan->items[i];

		if (item->refusal != REFUSAL_NONE)
			add_line(out, item_json(event, item, "refused", item->reason));
		else if (item->unsupported)
			add_line(out, item_json(event, item, "failed", item->reason));
		else if (!event->order->execute)
			add_line(out, item_json(event, item, "planned", NULL));
	}
	for (size_t i = 0; i < plan->missing_count; i++)
		add_line(out, json_pack("{s:s, s:s, s:s, s:s}", "action", act_name(event->order->action.act), "outcome",
		                        plan->missing[i].changed ? "refused" : "gone", "host", plan->missing[i].host,
		                        "id", plan->missing[i].id));
}

static void add_problem(struct buffer *out, const struct error *error)
{
	const char *colon = error->hint[0] != '\0' ? "; " : "";
	struct buffer text = {0};

	buffer_printf(&text, "CRITICAL: %s%s%s", error->text, colon, error->hint);
	add_line(out, json_pack("{s:s}", "problem", buffer_text(&text)));
	buffer_free(&text);
}

static void add_left_out(struct buffer *out, const struct remedy_event *event)
{
	struct buffer why = {0};

	lock_holder_show(&why, event->holder);
	add_line(out, json_pack("{s:s, s:s, s:b, s:I}", "locked", buffer_text(&why), "host", event->host->name,
	                        "overdue", event->holder->overdue, "pid", (json_int_t)event->holder->pid));
	buffer_free(&why);
}

int remedy_json_tell(void *context, const struct remedy_event *event, struct error *error)
{
	const struct remedy_writer *writer = context;
	struct buffer out = {0};
	int result = 0;

	switch (event->news) {
	case NEWS_LISTED:
		add_targets(&out, event);
		break;
	case NEWS_PLANNED:
		add_plan(&out, event);
		break;
	case NEWS_DECLINED:
		add_line(&out, json_pack("{s:s}", "declined", "OK: not confirmed, nothing done"));
		break;
	case NEWS_LEFT_OUT:
		add_left_out(&out, event);
		break;
	case NEWS_RESULT:
		add_line(&out, item_json(event, event->item, remedy_result_name(event->result),
		                         remedy_result_reason(event->result)));
		break;
	case NEWS_PENDING:
		add_line(&out, item_json(event, event->item, "ordered", event->note));
		break;
	case NEWS_LIMIT:
	case NEWS_PROBLEM:
		add_problem(&out, event->error);
		break;
	case NEWS_END:
		if (event->error != NULL)
			add_problem(&out, event->error);
		break;
	case NEWS_NOTE:
	case NEWS_CLOSED:
	case NEWS_REFUSED:
	case NEWS_BEGIN:
	case NEWS_INTENT:
		break;
	}
	if (out.length > 0)
		result = writer->write(writer->context, buffer_text(&out), out.length, error);
	buffer_free(&out);
	return result;
}
