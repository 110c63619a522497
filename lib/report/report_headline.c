/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first line: the reason of the verdict, then the counts, in less than 80 characters if possible. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/judge/classify.h"
#include "lib/judge/threshold.h"
#include "lib/report/report.h"
#include "lib/report/report_parts.h"

/* The length that the guidelines allow for the first line, including "SESSIONS CRITICAL: ". */
enum { LINE_WIDTH = 79 };

static void value_add(enum metric metric, double value, struct buffer *out)
{
	char text[DURATION_TEXT_SIZE];

	if (metric_unit(metric)[0] == '\0') {
		buffer_printf(out, "%.15g", value);
		return;
	}
	duration_format(text, sizeof text, (int64_t)value * 1000);
	buffer_puts(out, text);
}

void report_interval(enum metric metric, struct interval interval, struct buffer *out)
{
	value_add(metric, interval.low, out);
	if (isinf(interval.high)) {
		buffer_puts(out, " or more");
	} else if (interval.high > interval.low) {
		buffer_puts(out, " to ");
		value_add(metric, interval.high, out);
	}
}

/* "login failed" names the step to look at; "configuration" or "system" does not. */
static bool code_tells(enum error_code code)
{
	switch (code) {
	case ERROR_NO_SUCH_HOST:
	case ERROR_REFUSED:
	case ERROR_UNREACHABLE:
	case ERROR_TIMEOUT:
	case ERROR_AUTH:
	case ERROR_ACCESS:
	case ERROR_CANCELLED:
		return true;
	case ERROR_NONE:
	case ERROR_USAGE:
	case ERROR_CONFIG:
	case ERROR_GONE:
	case ERROR_CHANGED:
	case ERROR_PROTOCOL:
	case ERROR_UNSUPPORTED:
	case ERROR_CRASHED:
	case ERROR_SYSTEM:
		return false;
	}
	return false;
}

static void no_answer_add(const struct report *report, struct buffer *out)
{
	const struct report_target *target = &report->targets[0];
	const struct error *error = &target->visit->error;

	if (report->target_count != 1) {
		buffer_printf(out, "none of %zu targets answered", report->target_count);
		return;
	}
	text_escape(out, target->label);
	buffer_puts(out, " did not answer: ");
	if (error->step != STEP_NONE)
		buffer_printf(out, "%s: ", step_name(error->step));
	if (code_tells(error->code))
		buffer_puts(out, error_code_name(error->code));
	else
		text_escape(out, error->text);
}

static void unreachable_add(const struct report *report, struct buffer *out)
{
	if (report->counts.unreachable > 0)
		buffer_printf(out, ", %llu of %zu targets unreachable", (unsigned long long)report->counts.unreachable,
		              report->target_count);
}

void report_counts_text(const struct report *report, struct buffer *out)
{
	const struct counts *counts = &report->counts;

	if (report->answered == 0) {
		no_answer_add(report, out);
		return;
	}
	buffer_printf(out, "%s%llu session%s: %llu active (%llu idle", counts->incomplete > 0 ? "at least " : "",
	              (unsigned long long)counts->total, plural(counts->total), (unsigned long long)counts->active,
	              (unsigned long long)counts->idle);
	if (counts->idle_unknown > 0)
		buffer_printf(out, ", %llu unknown", (unsigned long long)counts->idle_unknown);
	buffer_printf(out, "), %llu disconnected", (unsigned long long)counts->disconnected);
	if (counts->state_unknown > 0)
		buffer_printf(out, ", %llu of unknown state", (unsigned long long)counts->state_unknown);
	unreachable_add(report, out);
}

static void short_summary(const struct report *report, struct buffer *out)
{
	if (report->answered == 0) {
		no_answer_add(report, out);
		return;
	}
	buffer_printf(out, "%s%llu session%s", report->counts.incomplete > 0 ? "at least " : "",
	              (unsigned long long)report->counts.total, plural(report->counts.total));
	if (report->counts.state_unknown > 0)
		buffer_printf(out, ", %llu of unknown state", (unsigned long long)report->counts.state_unknown);
	unreachable_add(report, out);
}

/* True if this metric is the reason of the verdict. */
static bool decides(const struct report *report, const struct report_metric *metric)
{
	if (!metric->judged || metric->judgement.gravest == VERDICT_OK)
		return false;
	if (report->verdict == VERDICT_UNKNOWN)
		return metric->judgement.gravest == report->judgement.gravest;
	return metric->judgement.mildest == report->verdict;
}

/* "idle 7 (critical 5)", or "idle 3 to 7 (OK or CRITICAL)" if it is not certain. */
static void reason_add(const struct report *report, enum metric metric, struct buffer *out)
{
	const struct report_metric *value = &report->metrics[metric];
	enum verdict mildest = value->judgement.mildest, gravest = value->judgement.gravest;

	buffer_printf(out, "%s ", metric_name(metric));
	report_interval(metric, value->possible, out);
	if (mildest != gravest)
		buffer_printf(out, " (%s to %s)", verdict_name(mildest), verdict_name(gravest));
	else
		buffer_printf(out, " (%s %s)", gravest == VERDICT_CRITICAL ? "critical" : "warning",
		              gravest == VERDICT_CRITICAL ? report->thresholds.metrics[metric].critical_shown
		                                          : report->thresholds.metrics[metric].warning_shown);
}

static void reasons_add(const struct report *report, size_t most, struct buffer *out)
{
	size_t shown = 0, left = 0;

	for (int i = 0; i < METRIC_COUNT; i++) {
		if (!decides(report, &report->metrics[i]))
			continue;
		if (shown == most) {
			left++;
			continue;
		}
		if (shown++ > 0)
			buffer_puts(out, ", ");
		reason_add(report, (enum metric)i, out);
	}
	if (left > 0)
		buffer_printf(out, " and %zu more", left);
	if (shown > 0)
		buffer_puts(out, "; ");
}

bool report_headline(const struct report *report, struct buffer *out)
{
	static const struct {
		size_t reasons;
		bool whole;
	} forms[] = {{METRIC_COUNT, true}, {1, true}, {METRIC_COUNT, false}, {1, false}};
	size_t room = LINE_WIDTH - strlen("SESSIONS : ") - strlen(verdict_name(report->verdict));
	struct buffer line = {0};
	size_t form;

	for (form = 0; form < sizeof forms / sizeof *forms; form++) {
		buffer_free(&line);
		reasons_add(report, forms[form].reasons, &line);
		if (forms[form].whole)
			report_counts_text(report, &line);
		else
			short_summary(report, &line);
		if (line.length <= room)
			break;
	}
	buffer_puts(out, buffer_text(&line));
	buffer_free(&line);
	return form > 1;
}
