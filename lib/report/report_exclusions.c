/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/text.h"
#include "lib/config/settings.h"
#include "lib/report/report.h"
#include "lib/report/report_parts.h"
#include "lib/session/names.h"
#include "lib/target/provider.h"

static bool all_is_seen(const struct report *report)
{
	for (size_t i = 0; i < report->target_count; i++)
		if (!report->targets[i].reachable || !report->targets[i].visit->snapshot.complete)
			return false;
	return true;
}

static bool may_mean_somebody(const struct report *report, const char *glob)
{
	const struct string_list globs = {.items = &glob, .count = 1};

	for (size_t i = 0; i < report->target_count; i++) {
		const struct snapshot *snapshot = &report->targets[i].visit->snapshot;

		for (size_t j = 0; j < snapshot->count; j++)
			if (names_match(&globs, &snapshot->sessions[j]).match != MATCH_NO)
				return true;
	}
	return false;
}

void report_exclusions(const struct report *report, struct buffer *out)
{
	const struct string_list *globs = &report->settings->filter.exclude_users;

	if (!all_is_seen(report))
		return;
	for (size_t i = 0; i < globs->count; i++) {
		if (may_mean_somebody(report, globs->items[i]))
			continue;
		buffer_puts(out, "note: exclude-user '");
		text_escape(out, globs->items[i]);
		buffer_puts(out, "' matched nobody\n");
	}
}
