/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text form: the first line with performance data, then lines in order of importance. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/config/settings.h"
#include "lib/judge/threshold.h"
#include "lib/report/report.h"
#include "lib/report/report_parts.h"

/* "idle is 3 to 7: OK to CRITICAL (warning 3, critical 5)" for each metric that is not simply OK. */
static void metric_lines(const struct report *report, struct buffer *out)
{
	for (int i = 0; i < METRIC_COUNT; i++) {
		const struct report_metric *metric = &report->metrics[i];
		const char *warning = report->thresholds.metrics[i].warning_shown;
		const char *critical = report->thresholds.metrics[i].critical_shown;

		if (!metric->judged || metric->judgement.gravest == VERDICT_OK)
			continue;
		buffer_printf(out, "%s is ", metric_name((enum metric)i));
		report_interval((enum metric)i, metric->possible, out);
		buffer_printf(out, ": %s", verdict_name(metric->judgement.mildest));
		if (metric->judgement.gravest != metric->judgement.mildest)
			buffer_printf(out, " to %s", verdict_name(metric->judgement.gravest));
		buffer_puts(out, " (");
		if (warning != NULL)
			buffer_printf(out, "warning %s%s", warning, critical != NULL ? ", " : "");
		if (critical != NULL)
			buffer_printf(out, "critical %s", critical);
		buffer_puts(out, ")\n");
	}
}

static void target_problem(const struct report_target *target, struct buffer *out)
{
	const struct error *error = &target->visit->error;

	text_escape(out, target->label);
	buffer_puts(out, " did not answer: ");
	if (error->step != STEP_NONE)
		buffer_printf(out, "%s: ", step_name(error->step));
	buffer_printf(out, "%s: ", error_code_name(error->code));
	error_show(out, error);
	buffer_puts(out, "\n");
}

static void target_lines(const struct report *report, struct buffer *out)
{
	for (size_t i = 0; i < report->target_count && !report->settings->diagnose; i++)
		if (!report->targets[i].reachable)
			target_problem(&report->targets[i], out);
	for (size_t i = 0; i < report->target_count; i++)
		if (report->targets[i].reachable && !report->targets[i].visit->snapshot.complete) {
			text_escape(out, report->targets[i].label);
			buffer_puts(out, " gave an incomplete list: sessions may be missing\n");
		}
	for (size_t i = 0; i < report->target_count; i++)
		if (report->targets[i].visit->shared > 0) {
			text_escape(out, report->targets[i].label);
			buffer_printf(out, ": %zu of its sessions are listed by ", report->targets[i].visit->shared);
			text_escape(out, report->targets[i].visit->shared_with);
			buffer_puts(out, " too, and counted there\n");
		}
}

static void skew_lines(const struct report *report, struct buffer *out)
{
	for (size_t i = 0; i < report->target_count; i++) {
		int64_t skew = report_skew(&report->targets[i]);
		char text[DURATION_TEXT_SIZE];

		if (llabs(skew) <= SKEW_LIMIT)
			continue;
		duration_format(text, sizeof text, llabs(skew));
		text_escape(out, report->targets[i].label);
		buffer_printf(out, ": its clock is %s %s ours\n", text, skew > 0 ? "ahead of" : "behind");
	}
}

static void notice_lines(const struct report *report, struct buffer *out)
{
	for (size_t i = 0; i < report->target_count; i++) {
		const struct report_target *target = &report->targets[i];

		for (size_t j = 0; target->reachable && j < target->visit->snapshot.notices.count; j++) {
			text_escape(out, target->label);
			buffer_puts(out, ": note: ");
			text_escape(out, target->visit->snapshot.notices.items[j]);
			buffer_puts(out, "\n");
		}
	}
}

static void long_text(const struct report *report, bool summary, struct buffer *out)
{
	const struct settings *settings = report->settings;

	if (summary && report->answered > 0) {
		report_counts_text(report, out);
		buffer_puts(out, "\n");
	}
	metric_lines(report, out);
	if (report->foresight != NULL)
		report_policies(report, out);
	target_lines(report, out);
	if (report_targets_left_out(report))
		buffer_printf(out,
		              "the figures of each of the %zu targets do not fit into %" PRIu64
		              " bytes: raise --max-output, or give fewer targets (the totals above are whole)\n",
		              report->target_count, report->settings->max_output);
	skew_lines(report, out);
	if (settings->diagnose)
		report_diagnosis(report, out);
	if (settings->verbose > 0 || settings->explain || settings->diagnose)
		notice_lines(report, out);
	if (settings->verbose > 0 || settings->explain)
		report_exclusions(report, out);
	if (settings->verbose > 0 || settings->explain)
		report_sessions(report, out);
}

/* Room for "... 18446744073709551615 lines left out (--max-output)" */
enum { TAIL_SIZE = 60 };

/* Copies whole lines while they fit into limit bytes, and counts the others. */
static void lines_add(struct buffer *out, const char *lines, size_t limit)
{
	size_t left = strlen(lines), dropped = 0;
	const char *next;

	if (limit == 0 || out->length + left <= limit) {
		buffer_puts(out, lines);
		return;
	}
	for (; *lines != '\0'; lines = next) {
		size_t length;

		next = strchr(lines, '\n') + 1;
		length = (size_t)(next - lines);
		if (dropped > 0 || out->length + length + TAIL_SIZE > limit)
			dropped++;
		else
			buffer_add(out, lines, length);
	}
	if (out->length + TAIL_SIZE <= limit)
		buffer_printf(out, "... %zu line%s left out (--max-output)\n", dropped, plural(dropped));
}

/* A first line above the limit loses its performance data, because a part of it would mislead. */
static void first_line_cut(struct buffer *out, const char *text, size_t limit)
{
	char *copy = must_alloc(limit);

	text_copy(copy, limit, text);
	buffer_puts(out, copy);
	buffer_puts(out, "\n");
	free(copy);
}

void report_text(const struct report *report, struct buffer *out)
{
	struct buffer text = {0}, perfdata = {0}, lines = {0};
	size_t limit = report->settings->max_output;
	bool shortened;

	buffer_printf(&text, "SESSIONS %s: ", verdict_name(report->verdict));
	shortened = report_headline(report, &text);
	report_perfdata(report, &perfdata);
	if (limit == 0 || text.length + perfdata.length + strlen(" | \n") <= limit)
		buffer_printf(out, "%s | %s\n", buffer_text(&text), buffer_text(&perfdata));
	else
		first_line_cut(out, buffer_text(&text), limit);
	long_text(report, shortened, &lines);
	lines_add(out, buffer_text(&lines), limit);
	buffer_free(&text);
	buffer_free(&perfdata);
	buffer_free(&lines);
}
