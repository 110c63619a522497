/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/remedy_report.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/buffer.h"
#include "lib/classify.h"
#include "lib/clock.h"
#include "lib/error.h"
#include "lib/provider.h"
#include "lib/select.h"
#include "lib/session.h"
#include "lib/session_json.h"
#include "lib/settings.h"
#include "lib/text.h"

const char *remedy_result_name(const struct remedy_result *result)
{
	switch (result->kind) {
	case RESULT_DONE:
		return outcome_name(result->outcome.code);
	case RESULT_REFUSED:
		return "refused";
	case RESULT_FAILED:
		return "failed";
	}
	return "?";
}

const char *remedy_result_reason(const struct remedy_result *result)
{
	switch (result->kind) {
	case RESULT_DONE:
		return result->outcome.code == OUTCOME_ANSWERED ? result->outcome.answer
		       : result->outcome.detail[0] != '\0'      ? result->outcome.detail
		                                                : NULL;
	case RESULT_REFUSED:
		return refusal_text(result->refusal);
	case RESULT_FAILED:
		return result->error.text;
	}
	return NULL;
}

void remedy_tally_add(struct remedy_tally *tally, const struct remedy_result *result)
{
	switch (result->kind) {
	case RESULT_DONE:
		if (result->outcome.code == OUTCOME_GONE)
			tally->gone++;
		else
			tally->done++;
		break;
	case RESULT_REFUSED:
		tally->refused++;
		break;
	case RESULT_FAILED:
		tally->failed++;
		break;
	}
}

int remedy_exit_status(const struct remedy_tally *tally)
{
	if (tally->failed > 0 || tally->left > 0 || tally->unsupported > 0 || tally->audit_lost || tally->overdue ||
	    tally->stopped_by_limit || tally->failed_to_begin)
		return REMEDY_FAILED;
	if (tally->unreachable > 0)
		return REMEDY_UNKNOWN;
	return tally->refused > 0 ? REMEDY_REFUSED : REMEDY_DONE;
}

/* One write, so that lines of two handlers in one log do not mix. */
static void emit(struct buffer *out)
{
	const char *text = buffer_text(out);
	size_t left = out->length;

	while (left > 0) {
		ssize_t written = write(STDOUT_FILENO, text, left);

		if (written <= 0)
			break;
		text += written;
		left -= (size_t)written;
	}
	buffer_free(out);
}

static void emit_json(json_t *json)
{
	struct buffer out = {0};
	char *text = json_dumps(json, JSON_COMPACT);

	json_decref(json);
	buffer_printf(&out, "%s\n", text != NULL ? text : "{}");
	free(text);
	emit(&out);
}

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

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
		buffer_puts(out, ", since when is not known");
	}
}

static json_t *item_json(const struct remedy_order *order, const struct plan_item *item, const char *outcome,
                         const char *reason)
{
	json_t *json = json_object();

	json_object_set_new(json, "action", json_string(act_name(order->action.act)));
	json_object_set_new(json, "dry_run", json_boolean(!order->execute));
	json_object_set_new(json, "outcome", json_string(outcome));
	if (reason != NULL)
		json_object_set_new(json, "reason", json_string(reason));
	json_object_set_new(json, "target", json_string(item->visit->target->name));
	json_object_set_new(json, "session", session_to_json(item->session));
	return json;
}

static void add_target_error(struct buffer *out, const struct visit *visit)
{
	text_escape(out, visit->target->label);
	buffer_puts(out, ": cannot be read");
	if (visit->error.step != STEP_NONE)
		buffer_printf(out, " (%s)", step_name(visit->error.step));
	buffer_puts(out, ": ");
	text_escape(out, visit->error.text);
	if (visit->error.hint[0] != '\0') {
		buffer_puts(out, "; ");
		text_escape(out, visit->error.hint);
	}
	buffer_puts(out, "\n");
}

static const char cut_short[] = "its list was cut short, so nothing is selected from it";

static void target_json(const struct visit *visit)
{
	const char *name = visit->target->name;

	if (visit->error.code != ERROR_NONE)
		emit_json(json_pack("{s:s, s:o}", "target", name, "error", error_to_json(&visit->error)));
	else
		emit_json(json_pack("{s:s, s:s}", "target", name, "problem", cut_short));
}

/* They are no part of any plan, and whoever expects them in it should hear why. */
static void add_ghosts(struct buffer *out, const struct visit *visit)
{
	size_t ghosts = 0;

	for (size_t i = 0; i < visit->snapshot.count; i++)
		ghosts += visit->snapshot.sessions[i].class == CLASS_GHOST;
	if (ghosts == 0)
		return;
	text_escape(out, visit->target->label);
	buffer_printf(out, ": %zu ghost%s listed and not there, nothing is done about %s\n", ghosts,
	              ghosts == 1 ? " is" : "s are", ghosts == 1 ? "it" : "them");
}

void report_targets(const struct remedy_order *order, const struct visit *visits, size_t count)
{
	struct buffer out = {0};

	for (size_t i = 0; i < count; i++) {
		const struct visit *visit = &visits[i];

		if (visit->error.code == ERROR_NONE && !order->settings->pass_thru)
			add_ghosts(&out, visit);
		if (visit->error.code == ERROR_NONE && visit->snapshot.complete)
			continue;
		if (order->settings->pass_thru) {
			target_json(visit);
		} else if (visit->error.code != ERROR_NONE) {
			add_target_error(&out, visit);
		} else {
			text_escape(&out, visit->target->label);
			buffer_printf(&out, ": %s\n", cut_short);
		}
	}
	emit(&out);
}

static void add_item(struct buffer *out, const struct remedy_order *order, const struct plan_item *item)
{
	buffer_puts(out, "  ");
	add_session(out, item->session);
	buffer_puts(out, ", ");
	add_usage(out, &item->classification);
	if (item->unsupported)
		buffer_printf(out, ": kept, %s cannot %s", item->session->provider, act_name(order->action.act));
	else if (item->refusal != REFUSAL_NONE)
		buffer_printf(out, ": kept, %s", refusal_text(item->refusal));
	else
		buffer_printf(out, ": %s", act_name(order->action.act));
	buffer_puts(out, "\n");
}

static void plan_json(const struct remedy_order *order, const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_item *item = &plan->items[i];

		if (item->refusal != REFUSAL_NONE)
			emit_json(item_json(order, item, "refused", refusal_text(item->refusal)));
		else if (item->unsupported)
			emit_json(item_json(order, item, "failed", "not supported by this system"));
		else if (!order->execute)
			emit_json(item_json(order, item, "planned", NULL));
	}
	for (size_t i = 0; i < plan->missing_count; i++)
		emit_json(json_pack("{s:s, s:s, s:s, s:s}", "action", act_name(order->action.act), "outcome",
		                    plan->missing[i].changed ? "refused" : "gone", "host", plan->missing[i].host, "id",
		                    plan->missing[i].id));
}

void report_plan(const struct remedy_order *order, const struct plan *plan)
{
	struct buffer out = {0};

	if (order->settings->pass_thru) {
		plan_json(order, plan);
		return;
	}
	add_title(&out, order->action.act);
	buffer_printf(&out, " plan: %zu of %" PRIu64 " user session%s on %zu host%s\n", plan->selected,
	              plan->user_sessions, plural(plan->user_sessions), plan->host_count, plural(plan->host_count));
	for (size_t i = 0; i < plan->count; i++)
		add_item(&out, order, &plan->items[i]);
	for (size_t i = 0; i < plan->missing_count; i++) {
		const struct plan_missing *missing = &plan->missing[i];

		buffer_puts(&out, "  ");
		text_escape(&out, missing->host);
		buffer_puts(&out, missing->host[0] != '\0' ? " id " : "id ");
		text_escape(&out, missing->id);
		buffer_puts(&out, missing->changed ? ": kept, it is another session now\n" : ": not there (gone)\n");
	}
	emit(&out);
}

void report_result(const struct remedy_order *order, const struct plan_item *item, const struct remedy_result *result)
{
	const char *reason = remedy_result_reason(result);
	struct buffer out = {0};

	if (order->settings->pass_thru) {
		emit_json(item_json(order, item, remedy_result_name(result), reason));
		return;
	}
	add_session(&out, item->session);
	buffer_printf(&out, ": %s %s", act_name(order->action.act), remedy_result_name(result));
	if (reason != NULL) {
		buffer_puts(&out, ": ");
		text_escape(&out, reason);
	}
	if (result->kind == RESULT_FAILED && result->error.hint[0] != '\0') {
		buffer_puts(&out, "; ");
		text_escape(&out, result->error.hint);
	}
	buffer_puts(&out, "\n");
	emit(&out);
}

static void say(const struct remedy_order *order, const char *key, const char *text)
{
	struct buffer out = {0};

	if (order->settings->pass_thru) {
		emit_json(json_pack("{s:s}", key, text));
		return;
	}
	add_title(&out, order->action.act);
	buffer_puts(&out, " ");
	buffer_puts(&out, text);
	buffer_puts(&out, "\n");
	emit(&out);
}

/* "left out: ts01, another handler is at work on it, pid 123 since …": a host of the plan on which nothing is done. */
void report_left_out(const struct remedy_order *order, const struct plan_host *host, const struct lock_holder *holder)
{
	struct buffer why = {0}, out = {0};

	lock_holder_show(&why, holder);
	if (order->settings->pass_thru) {
		emit_json(json_pack("{s:s, s:s, s:b, s:I}", "locked", buffer_text(&why), "host", host->name, "overdue",
		                    holder->overdue, "pid", (json_int_t)holder->pid));
	} else {
		buffer_puts(&out, "left out: ");
		text_escape(&out, host->name);
		buffer_printf(&out, ", %s\n", buffer_text(&why));
		emit(&out);
	}
	buffer_free(&why);
}

void report_declined(const struct remedy_order *order)
{
	say(order, "declined", "OK: not confirmed, nothing done");
}

void report_problem(const struct remedy_order *order, const struct error *error)
{
	struct buffer text = {0};

	buffer_puts(&text, "CRITICAL: ");
	text_escape(&text, error->text);
	if (error->hint[0] != '\0') {
		buffer_puts(&text, "; ");
		text_escape(&text, error->hint);
	}
	say(order, "problem", buffer_text(&text));
	buffer_free(&text);
}

void report_limit(const struct remedy_order *order, const struct plan *plan, enum limit limit, uint64_t recent,
                  struct error *error)
{
	const struct settings *settings = order->settings;
	bool acts = limit == LIMIT_ACTS;

	error_set(error, ERROR_CANCELLED, STEP_NONE,
	          "nothing done: %zu planned and %" PRIu64 " in the last hour are more than --max-%s %" PRIu64
	          "%s of %" PRIu64 " user sessions",
	          plan->selected, recent, acts ? "acts" : "percent", acts ? settings->max_acts : settings->max_percent,
	          acts ? "," : "%,", plan->user_sessions);
	error_hint(error, "look at the plan above; if it is right, raise the limit for this run");
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

void report_summary(const struct remedy_order *order, const struct remedy_tally *tally)
{
	struct buffer text = {0};

	if (order->settings->pass_thru || tally->failed_to_begin || tally->stopped_by_limit)
		return;
	buffer_printf(&text, "%s: ", headline(tally));
	if (!order->execute)
		buffer_printf(&text, "dry run, nothing done; --execute would %s %" PRIu64 " session%s",
		              act_name(order->action.act), tally->selected, plural(tally->selected));
	else if (tally->selected == 0)
		buffer_puts(&text, "nothing to do");
	else
		buffer_printf(&text, "%" PRIu64 " of %" PRIu64 " done", tally->done, tally->selected);
	add_count(&text, tally->gone, "already gone");
	add_count(&text, tally->refused, "refused");
	add_count(&text, tally->failed, "failed");
	add_count(&text, tally->unsupported, "not supported");
	add_count(&text, tally->left, "not come to");
	add_count(&text, tally->left_out,
	          tally->overdue ? "left out (a handler hangs, see above)" : "left out (see above)");
	add_count(&text, tally->unreachable, "unreachable");
	if (tally->audit_lost)
		buffer_puts(&text, "; the audit could not be written");
	say(order, "summary", buffer_text(&text));
	buffer_free(&text);
}
