/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Performance data: totals first, then each target's, for all targets or for none.  Which metrics appear, and whether
 * the targets' do, depends only on the targets and the options: a series must not come and go with its values.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/buffer.h"
#include "lib/base/text.h"
#include "lib/config/settings.h"
#include "lib/judge/classify.h"
#include "lib/judge/perfdata.h"
#include "lib/judge/threshold.h"
#include "lib/report/report.h"
#include "lib/report/report_parts.h"

/* Without idle_unknown, a system that does not report idle times would seem to have no idle sessions. */
static bool metric_basic(const struct report *report, enum metric metric)
{
	switch (metric) {
	case METRIC_TOTAL:
	case METRIC_ACTIVE:
	case METRIC_IDLE:
	case METRIC_DISCONNECTED:
	case METRIC_IDLE_UNKNOWN:
		return true;
	case METRIC_WOULD_WARN:
	case METRIC_WOULD_DISCONNECT:
	case METRIC_WOULD_LOGOFF:
	case METRIC_OVERDUE:
		return report->foresight != NULL;
	case METRIC_UNREACHABLE:
		return report->target_count > 1;
	case METRIC_OLDEST_IDLE:
	case METRIC_OLDEST_DISCONNECTED:
	case METRIC_SHELLS_PER_OWNER:
	case METRIC_COUNT:
		break;
	}
	return false;
}

static bool metric_printed(const struct report *report, enum metric metric)
{
	return metric_shown(report, metric) &&
	       (report->settings->perfdata == PERFDATA_ALL || metric_basic(report, metric) ||
	        report->thresholds.metrics[metric].has_warning || report->thresholds.metrics[metric].has_critical);
}

static void metric_add(struct buffer *out, const char *label, enum metric metric, const struct report_metric *value,
                       const struct thresholds *thresholds)
{
	const char *warning = thresholds != NULL ? thresholds->metrics[metric].warning_text : NULL;
	const char *critical = thresholds != NULL ? thresholds->metrics[metric].critical_text : NULL;

	perfdata_add(out, &(struct perfvalue){
	                      .label = label,
	                      .known = value->known,
	                      .value = value->value,
	                      .unit = metric_unit(metric),
	                      .warning = warning != NULL ? warning : "",
	                      .critical = critical != NULL ? critical : "",
	                      .has_min = true,
	                  });
}

static void target_add(struct buffer *out, const struct report *report, const struct report_target *target,
                       const struct counts *counts, bool answered)
{
	for (int i = 0; i < METRIC_COUNT; i++) {
		struct report_metric value = metric_of((enum metric)i, counts, (struct undecided){0, 0}, answered);
		struct buffer label = {0};

		if (!metric_printed(report, (enum metric)i))
			continue;
		text_escape(&label, target->label);
		buffer_printf(&label, "::%s", metric_name((enum metric)i));
		metric_add(out, buffer_text(&label), (enum metric)i, &value, NULL);
		buffer_free(&label);
	}
}

/* The largest values assumed for the size of a target's part: a million sessions, ten years. */
static const struct counts largest = {
    .total = 1000000,
    .active = 1000000,
    .idle = 1000000,
    .disconnected = 1000000,
    .unreachable = 1,
    .shells_per_owner = 1000000,
    .would_warn = 1000000,
    .would_disconnect = 1000000,
    .would_logoff = 1000000,
    .overdue = 1000000,
    .oldest_idle = {true, (int64_t)315360000 * 1000},
    .oldest_disconnected = {true, (int64_t)315360000 * 1000},
};

/* The size of the totals and of the first line's text, unless ranges are extremely long. */
enum { TOTALS_SIZE = 512 };

/* A quarter of the output is kept for text. */
static bool targets_fit(const struct report *report)
{
	size_t limit = report->settings->max_output, room = limit - limit / 4;
	struct buffer sample = {0};
	bool fit = true;

	if (limit == 0)
		return true;
	for (size_t i = 0; i < report->target_count && fit; i++) {
		target_add(&sample, report, &report->targets[i], &largest, true);
		fit = TOTALS_SIZE + sample.length <= room;
	}
	buffer_free(&sample);
	return fit;
}

bool report_targets_left_out(const struct report *report)
{
	return report->target_count >= 2 && !targets_fit(report);
}

void report_perfdata(const struct report *report, struct buffer *out)
{
	for (int i = 0; i < METRIC_COUNT; i++)
		if (metric_printed(report, (enum metric)i))
			metric_add(out, metric_name((enum metric)i), (enum metric)i, &report->metrics[i],
			           &report->thresholds);
	if (report->target_count < 2 || !targets_fit(report))
		return;
	for (size_t i = 0; i < report->target_count; i++)
		target_add(out, report, &report->targets[i], &report->targets[i].counts, report->targets[i].reachable);
}
