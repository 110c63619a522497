/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --diagnose: which steps each visit took, how long they lasted, which one failed and what to do. */
#include <stddef.h>

#include "lib/base/buffer.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/report/report.h"
#include "lib/report/report_parts.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"

static void trail_add(const struct trail *trail, struct buffer *out)
{
	for (size_t i = 0; i < trail->count; i++)
		buffer_printf(out, "%s %lld ms, ", step_name(trail->steps[i].step), (long long)trail->steps[i].took);
}

static void failure_add(const struct error *error, struct buffer *out)
{
	if (error->step != STEP_NONE)
		buffer_printf(out, "%s ", step_name(error->step));
	buffer_printf(out, "FAILED: %s: ", error_code_name(error->code));
	text_escape(out, error->text);
	buffer_puts(out, "\n");
	if (error->hint[0] != '\0') {
		buffer_puts(out, "  what to do: ");
		text_escape(out, error->hint);
		buffer_puts(out, "\n");
	}
}

static void target_add(const struct report_target *target, struct buffer *out)
{
	const struct snapshot *snapshot = &target->visit->snapshot;

	text_escape(out, target->label);
	buffer_puts(out, " (");
	text_escape(out, target->visit->target->url);
	buffer_puts(out, "): ");
	trail_add(&target->visit->trail, out);
	if (!target->reachable)
		failure_add(&target->visit->error, out);
	else
		buffer_printf(out, "done: %zu session%s of all classes%s\n", snapshot->count, plural(snapshot->count),
		              snapshot->complete ? "" : ", incomplete");
}

void report_diagnosis(const struct report *report, struct buffer *out)
{
	for (int reachable = 0; reachable <= 1; reachable++)
		for (size_t i = 0; i < report->target_count; i++)
			if (report->targets[i].reachable == (reachable == 1))
				target_add(&report->targets[i], out);
}
