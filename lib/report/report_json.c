/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The JSON form: everything the report holds (doc/json.md, doc/curfew.schema.json). */
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/judge/classify.h"
#include "lib/judge/threshold.h"
#include "lib/report/foresight.h"
#include "lib/report/report.h"
#include "lib/report/report_parts.h"
#include "lib/session/session.h"
#include "lib/session/session_json.h"
#include "lib/target/provider.h"

/* jansson refuses what is not UTF-8, and the key would be missing. */
static json_t *text_json(const char *text)
{
	struct arena arena = {0};
	json_t *json = json_string(text_clean(&arena, text, strlen(text), SIZE_MAX));

	arena_free(&arena);
	return json;
}

static void set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new_nocheck(object, key, value);
}

static json_t *span_json(struct span span)
{
	return span.known ? json_integer(span.length) : json_null();
}

static json_t *verdict_json(enum verdict verdict)
{
	return json_string(verdict_name(verdict));
}

static json_t *counts_json(const struct counts *counts)
{
	json_t *json = json_object();

	set(json, "total", json_integer((json_int_t)counts->total));
	set(json, "active", json_integer((json_int_t)counts->active));
	set(json, "idle", json_integer((json_int_t)counts->idle));
	set(json, "idle_unknown", json_integer((json_int_t)counts->idle_unknown));
	set(json, "disconnected", json_integer((json_int_t)counts->disconnected));
	set(json, "disconnected_unknown", json_integer((json_int_t)counts->disconnected_unknown));
	set(json, "state_unknown", json_integer((json_int_t)counts->state_unknown));
	return json;
}

static json_t *range_json(bool has, const char *text)
{
	return has ? json_string(text) : json_null();
}

static json_t *metric_json(const struct report *report, enum metric metric)
{
	const struct report_metric *value = &report->metrics[metric];
	json_t *json = json_object();

	set(json, "unit", json_string(metric_unit(metric)));
	set(json, "value", value->known ? json_integer((json_int_t)value->value) : json_null());
	set(json, "lowest", json_integer((json_int_t)value->possible.low));
	set(json, "highest",
	    isinf(value->possible.high) ? json_null() : json_integer((json_int_t)value->possible.high));
	set(json, "warning",
	    range_json(report->thresholds.metrics[metric].has_warning,
	               report->thresholds.metrics[metric].warning_text));
	set(json, "critical",
	    range_json(report->thresholds.metrics[metric].has_critical,
	               report->thresholds.metrics[metric].critical_text));
	set(json, "mildest", verdict_json(value->judgement.mildest));
	set(json, "gravest", verdict_json(value->judgement.gravest));
	return json;
}

static json_t *classification_json(const struct classification *classification, bool shown)
{
	json_t *json = json_object();

	set(json, "counted", json_boolean(classification->counted && shown));
	set(json, "matches_filters", json_boolean(shown));
	set(json, "usage", json_string(usage_name(classification->usage)));
	set(json, "idle_ms", span_json(classification->idle));
	set(json, "disconnected_ms", span_json(classification->disconnected));
	set(json, "reason", json_string(classification->reason));
	return json;
}

static json_t *words_json(const char *text)
{
	return text != NULL ? text_json(text) : json_null();
}

static json_t *when_json(bool known, int64_t at)
{
	char text[TIME_TEXT_SIZE];

	if (!known)
		return json_null();
	time_format(text, sizeof text, at);
	return json_string(text);
}

static json_t *foreseen_json(const struct foreseen *foreseen)
{
	json_t *json = json_object();

	set(json, "name", words_json(foreseen->policy));
	set(json, "step", json_string(foreseen->step));
	set(json, "reason", json_string(foreseen->reason));
	set(json, "cause", words_json(foreseen->cause));
	set(json, "next", words_json(foreseen->next));
	set(json, "next_at", when_json(foreseen->next != NULL, foreseen->next_at));
	set(json, "end", words_json(foreseen->end));
	set(json, "end_at", when_json(foreseen->next != NULL, foreseen->end_at));
	set(json, "overdue", json_boolean(foreseen->overdue));
	set(json, "overdue_ms", foreseen->overdue ? json_integer(foreseen->overdue_by) : json_null());
	return json;
}

static json_t *snapshot_json(const struct report_target *target)
{
	json_t *json = snapshot_to_json(&target->visit->snapshot), *session;
	size_t i;

	json_array_foreach (json_object_get(json, "sessions"), i, session) {
		set(session, "target", text_json(target->visit->target->name));
		set(session, "classification", classification_json(&target->classifications[i], target->shown[i]));
		if (target->foreseen != NULL)
			set(session, "policy", foreseen_json(&target->foreseen[i]));
	}
	return json;
}

static json_t *trail_json(const struct trail *trail)
{
	json_t *json = json_array();

	for (size_t i = 0; i < trail->count; i++) {
		json_t *step = json_object();

		set(step, "step", json_string(step_name(trail->steps[i].step)));
		set(step, "took_ms", json_integer(trail->steps[i].took));
		json_array_append_new(json, step);
	}
	return json;
}

static json_t *failure_json(const struct error *error)
{
	json_t *json = error_to_json(error);

	/* The text may have words of a system that are not UTF-8. */
	set(json, "text", text_json(error->text));
	set(json, "hint", text_json(error->hint));
	return json;
}

static json_t *target_json(const struct report_target *target)
{
	const struct visit *visit = target->visit;
	json_t *json = json_object();

	set(json, "label", text_json(target->label));
	set(json, "url", text_json(visit->target->url));
	set(json, "reachable", json_boolean(target->reachable));
	set(json, "trail", trail_json(&visit->trail));
	set(json, "error", target->reachable ? json_null() : failure_json(&visit->error));
	set(json, "skew_ms", target->reachable ? json_integer(report_skew(target)) : json_null());
	set(json, "counts", target->reachable ? counts_json(&target->counts) : json_null());
	set(json, "snapshot", target->reachable ? snapshot_json(target) : json_null());
	return json;
}

static int append(const char *bytes, size_t size, void *out)
{
	buffer_add(out, bytes, size);
	return 0;
}

void report_json(const struct report *report, struct buffer *out)
{
	json_t *json = json_object(), *metrics = json_object(), *targets = json_array();
	struct buffer text = {0};

	report_headline(report, &text);
	set(json, "format", json_integer(1));
	set(json, "verdict", verdict_json(report->verdict));
	set(json, "status", json_integer(report->verdict));
	set(json, "mildest", verdict_json(report->judgement.mildest));
	set(json, "gravest", verdict_json(report->judgement.gravest));
	set(json, "text", text_json(buffer_text(&text)));
	set(json, "idle_after_ms", json_integer(report->settings->idle_after));
	set(json, "unreachable", json_integer((json_int_t)report->counts.unreachable));
	set(json, "incomplete", json_integer((json_int_t)report->counts.incomplete));
	set(json, "counts", counts_json(&report->counts));
	for (int i = 0; i < METRIC_COUNT; i++)
		if (metric_shown(report, (enum metric)i))
			set(metrics, metric_name((enum metric)i), metric_json(report, (enum metric)i));
	set(json, "metrics", metrics);
	if (report->foresight != NULL && report->foresight->note != NULL)
		set(json, "policy_note", text_json(report->foresight->note));
	for (size_t i = 0; i < report->target_count; i++)
		json_array_append_new(targets, target_json(&report->targets[i]));
	set(json, "targets", targets);
	json_dump_callback(json, append, out, JSON_COMPACT);
	buffer_puts(out, "\n");
	json_decref(json);
	buffer_free(&text);
}
