/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/unit/reported.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/error.h"
#include "lib/judge/classify.h"
#include "lib/judge/threshold.h"
#include "lib/report/report.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"

struct farm farm;

int farm_begin(void **state)
{
	(void)state;
	memset(&farm, 0, sizeof farm);
	farm.settings.idle_after = 30 * MINUTE;
	farm.settings.class_bits = COUNT_USERS;
	farm.settings.max_output = 4000;
	return 0;
}

int farm_end(void **state)
{
	(void)state;
	report_free(&farm.report);
	buffer_free(&farm.out);
	arena_free(&farm.arena);
	for (size_t i = 0; i < farm.count; i++)
		snapshot_free(&farm.visits[i].snapshot);
	return 0;
}

struct visit *host_add(const char *label)
{
	struct target *target = &farm.targets[farm.count];
	struct visit *visit = &farm.visits[farm.count++];

	target->label = arena_strdup(&farm.arena, label);
	target->url = arena_printf(&farm.arena, "sim:farm.sim#%s%zu", label, farm.count);
	target->name = target->url;
	visit->target = target;
	visit->finished = true;
	snapshot_init(&visit->snapshot);
	visit->snapshot.provider = "sim";
	visit->snapshot.host = target->label;
	visit->snapshot.now = visit->snapshot.taken_at = NOW;
	return visit;
}

struct session *session_add(struct visit *visit, enum session_state state, int64_t ago)
{
	struct session *session = snapshot_add(&visit->snapshot);
	struct moment when = {ago == UNKNOWN ? MOMENT_UNKNOWN : MOMENT_KNOWN, NOW - ago};

	session->id = arena_printf(&farm.arena, "%zu", visit->snapshot.count);
	session->user = "alice";
	session->state = state;
	session->class = CLASS_USER;
	if (state == STATE_DISCONNECTED)
		session->disconnect_time = when;
	else
		session->last_input = when;
	return session;
}

void sessions_add(struct visit *visit, size_t count, enum session_state state, int64_t ago)
{
	for (size_t i = 0; i < count; i++)
		session_add(visit, state, ago);
}

void host_fail(struct visit *visit)
{
	error_set(&visit->error, ERROR_REFUSED, STEP_CONNECT, "nothing listens on port 3350");
	error_hint(&visit->error, "start xrdp-sesman");
}

void threshold(enum verdict level, const char *argument)
{
	struct error error = {0};

	if (thresholds_add(&farm.thresholds, level, argument, &farm.arena, &error) < 0)
		fail_msg("%s", error.text);
}

const char *text_of(void)
{
	report_free(&farm.report);
	buffer_free(&farm.out);
	report_make(&farm.report, farm.visits, farm.count, &farm.settings, &farm.thresholds);
	report_text(&farm.report, &farm.out);
	return buffer_text(&farm.out);
}

void expect(enum verdict verdict, const char *part)
{
	const char *text = text_of();

	if (farm.report.verdict != verdict || strstr(text, part) == NULL)
		fail_msg("%s, \"%s\" wanted:\n%s", verdict_name(verdict), part, text);
}

void expect_without(const char *part)
{
	const char *text = text_of();

	if (strstr(text, part) != NULL)
		fail_msg("\"%s\" not wanted:\n%s", part, text);
}
