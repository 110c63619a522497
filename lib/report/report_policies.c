/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the policies would do now, and what is overdue. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/config/settings.h"
#include "lib/judge/classify.h"
#include "lib/report/foresight.h"
#include "lib/report/report.h"
#include "lib/report/report_parts.h"
#include "lib/session/session.h"

static void sums_add(const struct report *report, struct buffer *out)
{
	const struct counts *counts = &report->counts;

	buffer_printf(out, "policies: now %llu to warn, %llu to disconnect, %llu to log off; %llu more within the hour",
	              (unsigned long long)counts->would_warn, (unsigned long long)counts->would_disconnect,
	              (unsigned long long)counts->would_logoff, (unsigned long long)counts->soon);
	if (counts->overdue > 0)
		buffer_printf(out, "; %llu overdue", (unsigned long long)counts->overdue);
	buffer_puts(out, "\n");
	if (report->foresight->note == NULL)
		return;
	buffer_puts(out, "policies: ");
	text_escape(out, report->foresight->note);
	buffer_puts(out, "\n");
}

static void add_length(struct buffer *out, int64_t length)
{
	char text[DURATION_TEXT_SIZE];

	duration_format(text, sizeof text, length > 0 ? length : 0);
	buffer_puts(out, text);
}

/* "ts01 id 3 alice: overdue for 2h 10m: disconnect (office: idle); it is due" */
static void add_decision(struct buffer *out, const struct report *report, const struct session *session,
                         const struct foreseen *foreseen)
{
	session_show(out, session);
	buffer_puts(out, ": ");
	if (foreseen->overdue) {
		buffer_puts(out, "overdue for ");
		add_length(out, foreseen->overdue_by);
		buffer_puts(out, ", ");
	}
	if (foreseen->next == NULL) {
		buffer_printf(out, "kept, %s", foreseen->reason);
		if (foreseen->policy != NULL)
			buffer_printf(out, " (%s)", foreseen->policy);
		buffer_puts(out, "\n");
		return;
	}
	buffer_printf(out, "%s ", foreseen->next);
	if (foreseen->next_at <= report->foresight->now) {
		buffer_puts(out, "now");
	} else {
		buffer_puts(out, "in ");
		add_length(out, foreseen->next_at - report->foresight->now);
	}
	buffer_printf(out, " (%s: %s", foreseen->policy, foreseen->cause);
	if (foreseen->end_at > report->foresight->now && foreseen->end_at > foreseen->next_at) {
		buffer_printf(out, "; %s in ", foreseen->end);
		add_length(out, foreseen->end_at - report->foresight->now);
	}
	buffer_printf(out, "); %s\n", foreseen->reason);
}

static bool wanted(const struct report *report, const struct foreseen *foreseen, bool overdue)
{
	if (foreseen->overdue || overdue)
		return foreseen->overdue && overdue;
	return report->settings->explain ||
	       (report->settings->verbose > 0 && (foreseen->soon || foreseen->now != FORESEEN_NOTHING));
}

static void sessions_add(const struct report *report, bool overdue, struct buffer *out)
{
	for (size_t i = 0; i < report->target_count; i++) {
		const struct report_target *target = &report->targets[i];

		for (size_t j = 0; target->foreseen != NULL && j < target->visit->snapshot.count; j++)
			if (target->shown[j] && target->classifications[j].counted &&
			    wanted(report, &target->foreseen[j], overdue))
				add_decision(out, report, &target->visit->snapshot.sessions[j], &target->foreseen[j]);
	}
}

void report_policies(const struct report *report, struct buffer *out)
{
	sums_add(report, out);
	sessions_add(report, true, out);
	sessions_add(report, false, out);
}
