/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints the plan, as text or JSON lines: the same with --execute and without. */
#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/enforce/enforce_run.h"
#include "lib/judge/classify.h"
#include "lib/ledger/ledger.h"
#include "lib/policy/policy.h"
#include "lib/session/session.h"
#include "lib/session/session_json.h"
#include "lib/target/provider.h"

/* Steps within this time are shown without --explain. */
enum { SOON = 60 * 60 * 1000 };

static int write_out(struct enforcement *run, struct buffer *out, struct error *error)
{
	int result =
	    out->length == 0 ? 0 : run->writer->write(run->writer->context, buffer_text(out), out->length, error);

	buffer_free(out);
	return result;
}

static void add_times(struct buffer *out, const struct enforcement *run, const struct enforce_item *item)
{
	const struct classification as =
	    classify(item->session, item->visit->snapshot.now, run->settings->idle_after, COUNT_USERS);
	const struct span *span = as.usage == USAGE_DISCONNECTED ? &as.disconnected : &as.idle;
	char text[DURATION_TEXT_SIZE];

	buffer_printf(out, ", %s", usage_name(as.usage));
	if (!span->known)
		return;
	duration_format(text, sizeof text, span->length);
	buffer_printf(out, as.usage == USAGE_ACTIVE ? ", idle %s" : " %s", text);
}

/* "warn (office: idle, warning 1 of 2; disconnect in 10m)", "kept, it is exempt (office)". */
static void add_decision(struct buffer *out, const struct enforcement *run, const struct policy_decision *decision)
{
	const char *cause = policy_cause_name(decision->cause);
	int64_t left = decision->end_at - run->set.now;
	char text[DURATION_TEXT_SIZE];

	if (decision->step == POLICY_LEAVE)
		buffer_printf(out, "kept, %s", policy_reason_text(decision->reason));
	else
		buffer_puts(out, policy_step_name(decision->step));
	if (decision->policy == NULL)
		return;
	buffer_printf(out, " (%s", decision->policy->name);
	if (decision->next != POLICY_LEAVE)
		buffer_printf(out, ": %s", cause);
	if (decision->step == POLICY_WARN)
		buffer_printf(out, ", warning %zu of %zu", decision->rung + 1, decision->policy->lead_count);
	if (decision->next != POLICY_LEAVE && decision->step <= POLICY_WARN) {
		duration_format(text, sizeof text, left > 0 ? left : 0);
		buffer_printf(out, "; %s in %s", policy_step_name(decision->end), text);
	}
	if (decision->reason == WHY_UNDELIVERED) {
		duration_format(text, sizeof text, decision->next_at - run->set.now);
		buffer_printf(out, "; next try in %s", text);
	}
	buffer_puts(out, ")");
}

struct sums {
	size_t steps[POLICY_LOGOFF + 1];
	size_t held, busy, hidden;
};

static bool shown(const struct enforcement *run, const struct policy_decision *decision)
{
	return run->settings->explain || decision->step != POLICY_LEAVE ||
	       (decision->next != POLICY_LEAVE && decision->next_at <= run->set.now + SOON);
}

static struct sums sums_make(const struct enforcement *run)
{
	struct sums sums = {0};

	for (size_t i = 0; i < run->count; i++) {
		const struct policy_decision *decision = &run->items[i].decision;

		sums.steps[decision->step]++;
		sums.held += enforce_held(decision, run->set.now);
		sums.busy += decision->reason == WHY_BUSY || decision->reason == WHY_BUSY_UNKNOWN;
		sums.hidden += !shown(run, decision);
	}
	return sums;
}

static void add_target(struct buffer *out, const struct visit *visit)
{
	if (visit->error.code == ERROR_NONE)
		return;
	text_escape(out, visit->target->label);
	buffer_puts(out, ": cannot be read: ");
	error_show(out, &visit->error);
	buffer_puts(out, "\n");
}

static void add_text_plan(struct buffer *out, const struct enforcement *run)
{
	const struct sums sums = sums_make(run);

	for (size_t i = 0; i < run->target_count; i++)
		add_target(out, &run->visits[i]);
	buffer_printf(out, "ENFORCE plan: %zu to warn, %zu to disconnect, %zu to log off, %zu held back",
	              sums.steps[POLICY_WARN], sums.steps[POLICY_DISCONNECT], sums.steps[POLICY_LOGOFF], sums.held);
	if (sums.busy > 0)
		buffer_printf(out, " (%zu for their programs)", sums.busy);
	buffer_printf(out, ", of %zu user session%s\n", run->count, run->count == 1 ? "" : "s");
	for (size_t i = 0; i < run->count; i++) {
		const struct enforce_item *item = &run->items[i];

		if (!shown(run, &item->decision))
			continue;
		buffer_puts(out, "  ");
		session_show(out, item->session);
		add_times(out, run, item);
		buffer_puts(out, ": ");
		add_decision(out, run, &item->decision);
		buffer_puts(out, "\n");
	}
	if (sums.hidden > 0)
		buffer_printf(out, "  and %zu with nothing to do within the hour; --explain shows all\n", sums.hidden);
}

static void set_time(json_t *json, const char *key, int64_t at)
{
	char text[TIME_TEXT_SIZE];

	time_format(text, sizeof text, at);
	json_object_set_new(json, key, json_string(text));
}

static json_t *item_json(const struct enforcement *run, const struct enforce_item *item)
{
	const struct policy_decision *decision = &item->decision;
	json_t *json = json_pack("{s:s, s:b, s:s, s:s}", "step", policy_step_name(decision->step), "dry_run",
	                         !run->settings->execute, "reason", policy_reason_text(decision->reason), "target",
	                         item->visit->target->name);

	if (decision->policy != NULL)
		json_object_set_new(json, "policy", json_string(decision->policy->name));
	if (decision->next != POLICY_LEAVE) {
		json_object_set_new(json, "cause", json_string(policy_cause_name(decision->cause)));
		json_object_set_new(json, "next", json_string(policy_step_name(decision->next)));
		set_time(json, "next_at", decision->next_at);
		json_object_set_new(json, "end", json_string(policy_step_name(decision->end)));
		set_time(json, "end_at", decision->end_at);
	}
	if (item->text != NULL && decision->step == POLICY_WARN)
		json_object_set_new(json, "text", json_string(item->text));
	json_object_set_new(json, "session", session_to_json(item->session));
	return json;
}

/* Takes the reference. */
static void add_json(struct buffer *out, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);

	json_decref(json);
	buffer_printf(out, "%s\n", text != NULL ? text : "{}");
	free(text);
}

/* JSON has all of them: a reader can leave some out. */
static void add_json_plan(struct buffer *out, const struct enforcement *run)
{
	for (size_t i = 0; i < run->target_count; i++)
		if (run->visits[i].error.code != ERROR_NONE)
			add_json(out, json_pack("{s:s, s:o}", "target", run->visits[i].target->name, "error",
			                        error_to_json(&run->visits[i].error)));
	for (size_t i = 0; i < run->count; i++)
		add_json(out, item_json(run, &run->items[i]));
}

int enforce_say_plan(struct enforcement *run, struct error *error)
{
	struct buffer out = {0};

	if (run->settings->pass_thru)
		add_json_plan(&out, run);
	else
		add_text_plan(&out, run);
	return write_out(run, &out, error);
}

int enforce_say(struct enforcement *run, struct error *error, const char *format, ...)
{
	struct buffer out = {0};
	char text[600];
	va_list values;

	va_start(values, format);
	vsnprintf(text, sizeof text, format, values);
	va_end(values);
	if (run->settings->pass_thru) {
		add_json(&out, json_pack("{s:s}", "note", text));
	} else {
		text_escape(&out, text);
		buffer_puts(&out, "\n");
	}
	return write_out(run, &out, error);
}
