/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text output of a handler: the plan, a line per result, a summary. */
#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/act/host_lock.h"
#include "lib/act/plan.h"
#include "lib/act/remedy.h"
#include "lib/act/remedy_writer.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/judge/classify.h"
#include "lib/judge/select.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"

/* "DISCONNECT", "LOG OFF", "MESSAGE": the service name of the first line. */
static void add_title(struct buffer *out, enum act act)
{
	for (const char *name = act_name(act); *name != '\0'; name++)
		buffer_printf(out, "%c", toupper((unsigned char)*name));
}

static void add_session(struct buffer *out, const struct session *session)
{
	text_escape(out, session->host);
	buffer_puts(out, " id ");
	text_escape(out, session->id);
	if (session->user[0] == '\0')
		return;
	buffer_puts(out, " ");
	session_show_user(out, session);
}

static void add_usage(struct buffer *out, const struct classification *classification)
{
	const struct span *span = &classification->idle;
	char text[DURATION_TEXT_SIZE];

	if (classification->usage == USAGE_DISCONNECTED)
		span = &classification->disconnected;
	buffer_puts(out, usage_name(classification->usage));
	if (classification->usage == USAGE_ACTIVE)
		buffer_puts(out, ", idle");
	if (span->known) {
		duration_format(text, sizeof text, span->length);
		buffer_printf(out, " %s", text);
	} else if (classification->usage == USAGE_DISCONNECTED) {
		buffer_puts(out, " for an unknown time");
	}
}

static void add_target_error(struct buffer *out, const struct visit *visit)
{
	text_escape(out, visit->target->label);
	buffer_puts(out, ": cannot be read");
	if (visit->error.step != STEP_NONE)
		buffer_printf(out, " (%s)", step_name(visit->error.step));
	buffer_puts(out, ": ");
	error_show(out, &visit->error);
	buffer_puts(out, "\n");
}

/* They are in no plan, and a reader who expects them there needs the reason. */
static void add_ghosts(struct buffer *out, const struct visit *visit)
{
	size_t ghosts = 0;

	for (size_t i = 0; i < visit->snapshot.count; i++)
		ghosts += visit->snapshot.sessions[i].class == CLASS_GHOST;
	if (ghosts == 0)
		return;
	text_escape(out, visit->target->label);
	buffer_printf(out, ": %zu ghost%s: listed by the broker, not on the host; not acted on\n", ghosts,
	              plural(ghosts));
}

static void add_targets(struct buffer *out, const struct remedy_event *event)
{
	for (size_t i = 0; i < event->visit_count; i++) {
		const struct visit *visit = &event->visits[i];

		if (visit->error.code != ERROR_NONE) {
			add_target_error(out, visit);
			continue;
		}
		add_ghosts(out, visit);
		if (visit->shared > 0) {
			text_escape(out, visit->target->label);
			buffer_printf(out, ": %zu of its sessions are listed by ", visit->shared);
			text_escape(out, visit->shared_with);
			buffer_puts(out, " too, and are planned there\n");
		}
		if (visit->snapshot.complete)
			continue;
		text_escape(out, visit->target->label);
		buffer_printf(out, ": %s\n", REMEDY_CUT_SHORT);
	}
}

static void add_item(struct buffer *out, const struct remedy_order *order, const struct plan_item *item)
{
	buffer_puts(out, "  ");
	add_session(out, item->session);
	buffer_puts(out, ", ");
	add_usage(out, &item->classification);
	if (item->unsupported || item->refusal != REFUSAL_NONE)
		buffer_printf(out, ": kept, %s", item->reason); /* the reason may quote a glob as it was written */
	else
		buffer_printf(out, ": %s", act_name(order->action.act));
	if (item->by_name != NULL) {
		buffer_puts(out, ", by the name ");
		text_escape(out, item->by_name);
	}
	buffer_puts(out, "\n");
}

static void add_missing(struct buffer *out, const struct plan_missing *missing)
{
	buffer_puts(out, "  ");
	text_escape(out, missing->host);
	buffer_puts(out, missing->host[0] != '\0' ? " id " : "id ");
	text_escape(out, missing->id);
	buffer_puts(out, missing->changed ? ": kept, another session has this id now" : ": not there (gone)");
	if (missing->user_name) {
		buffer_puts(out, "; did you mean --user ");
		text_escape(out, missing->id);
		buffer_puts(out, "?");
	}
	buffer_puts(out, "\n");
}

static void add_plan(struct buffer *out, const struct remedy_event *event)
{
	const struct plan *plan = event->plan;

	add_title(out, event->order->action.act);
	buffer_printf(out, " plan: %zu of %" PRIu64 " user session%s on %zu host%s\n", plan->selected,
	              plan->user_sessions, plural(plan->user_sessions), plan->host_count, plural(plan->host_count));
	for (size_t i = 0; i < plan->count; i++)
		add_item(out, event->order, &plan->items[i]);
	for (size_t i = 0; i < plan->missing_count; i++)
		add_missing(out, &plan->missing[i]);
}

static void add_result(struct buffer *out, const struct remedy_event *event)
{
	const struct remedy_result *result = event->result;
	const char *reason = remedy_result_reason(result);

	add_session(out, event->item->session);
	buffer_printf(out, ": %s %s", act_name(event->order->action.act), remedy_result_name(result));
	if (reason != NULL) {
		buffer_puts(out, ": ");
		text_escape(out, reason);
	}
	if (result->kind == RESULT_FAILED && result->error.hint[0] != '\0') {
		buffer_puts(out, "; ");
		text_escape(out, result->error.hint);
	}
	buffer_puts(out, "\n");
}

/* A host of the plan where nothing is done. */
static void add_left_out(struct buffer *out, const struct remedy_event *event)
{
	buffer_puts(out, "left out: ");
	text_escape(out, event->host->name);
	buffer_puts(out, ", ");
	lock_holder_show(out, event->holder);
	buffer_puts(out, "\n");
}

static void add_error(struct buffer *out, const struct error *error)
{
	text_escape(out, error->text);
	if (error->hint[0] == '\0')
		return;
	buffer_puts(out, "; ");
	text_escape(out, error->hint);
}

static void add_problem(struct buffer *out, const struct remedy_event *event)
{
	add_title(out, event->order->action.act);
	buffer_puts(out, " CRITICAL: ");
	add_error(out, event->error);
	buffer_puts(out, "\n");
}

static const char *headline(const struct remedy_tally *tally)
{
	switch (remedy_exit_status(tally)) {
	case REMEDY_DONE:
		return "OK";
	case REMEDY_REFUSED:
		return "WARNING";
	case REMEDY_FAILED:
		return "CRITICAL";
	default:
		return "UNKNOWN";
	}
}

static void add_count(struct buffer *out, uint64_t count, const char *what)
{
	if (count > 0)
		buffer_printf(out, ", %" PRIu64 " %s", count, what);
}

static void add_summary(struct buffer *out, const struct remedy_event *event)
{
	const struct remedy_tally *tally = event->tally;
	const struct remedy_order *order = event->order;

	if (tally->failed_to_begin || tally->stopped_by_limit)
		return;
	add_title(out, order->action.act);
	buffer_printf(out, " %s: ", headline(tally));
	if (!order->execute)
		buffer_printf(out, "dry run, nothing done; --execute would %s %" PRIu64 " session%s",
		              act_name(order->action.act), tally->selected, plural(tally->selected));
	else if (tally->selected == 0)
		buffer_puts(out, "nothing to do");
	else
		buffer_printf(out, "%" PRIu64 " of %" PRIu64 " done", tally->done, tally->selected);
	add_count(out, tally->ordered, "ordered and not yet seen to end");
	add_count(out, tally->gone, "already gone");
	add_count(out, tally->refused, "refused");
	add_count(out, tally->failed, "failed");
	add_count(out, tally->unsupported, "not supported");
	add_count(out, tally->left, "not attempted");
	add_count(out, tally->left_out,
	          tally->overdue ? "left out (a handler hangs, see above)" : "left out (see above)");
	add_count(out, tally->unreachable, "unreachable");
	if (event->error != NULL) {
		buffer_puts(out, "; ");
		add_error(out, event->error);
	}
	buffer_puts(out, "\n");
}

/* The text of an event; most have none. */
static void add_event(struct buffer *out, const struct remedy_event *event)
{
	switch (event->news) {
	case NEWS_LISTED:
		add_targets(out, event);
		break;
	case NEWS_PLANNED:
		add_plan(out, event);
		break;
	case NEWS_DECLINED:
		add_title(out, event->order->action.act);
		buffer_puts(out, " OK: not confirmed, nothing done\n");
		break;
	case NEWS_LEFT_OUT:
		add_left_out(out, event);
		break;
	case NEWS_NOTE:
		buffer_puts(out, "note: ");
		text_escape(out, event->note);
		buffer_puts(out, "\n");
		break;
	case NEWS_RESULT:
		add_result(out, event);
		break;
	case NEWS_CLOSED:
		add_session(out, event->session);
		buffer_printf(out, ": %s %s: %s\n", event->action, remedy_result_name(event->result),
		              remedy_result_reason(event->result));
		break;
	case NEWS_PENDING:
		add_session(out, event->item->session);
		buffer_printf(out, ": %s ordered: %s\n", act_name(event->order->action.act), event->note);
		break;
	case NEWS_LIMIT:
	case NEWS_PROBLEM:
		add_problem(out, event);
		break;
	case NEWS_END:
		add_summary(out, event);
		break;
	case NEWS_REFUSED:
	case NEWS_BEGIN:
	case NEWS_INTENT:
		break;
	}
}

int remedy_text_tell(void *context, const struct remedy_event *event, struct error *error)
{
	const struct remedy_writer *writer = context;
	struct buffer out = {0};
	int result = 0;

	add_event(&out, event);
	if (out.length > 0)
		result = writer->write(writer->context, buffer_text(&out), out.length, error);
	buffer_free(&out);
	return result;
}
