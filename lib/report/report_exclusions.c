/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stddef.h>

#include "lib/base/buffer.h"
#include "lib/base/text.h"
#include "lib/config/settings.h"
#include "lib/judge/exclusions.h"
#include "lib/report/report.h"
#include "lib/report/report_parts.h"

void report_exclusions(const struct report *report, struct buffer *out)
{
	const char *glob;
	size_t position = 0;

	if (report->target_count == 0)
		return;
	while ((glob = exclusion_in_vain(&report->settings->filter.exclude_users, report->targets[0].visit,
	                                 report->target_count, &position)) != NULL) {
		buffer_puts(out, "note: exclude-user '");
		text_escape(out, glob);
		buffer_puts(out, "' matched no user\n");
	}
}
