/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adds what is due now for the sessions that were asked for.  Visits their hosts, as check_sessions --policy does. */
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/collect/collect.h"
#include "lib/config/settings.h"
#include "lib/enforce/enforce_explain.h"
#include "lib/enforce/enforce_foresee.h"
#include "lib/judge/select.h"
#include "lib/report/foresight.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"

/* "policy office: idle; overdue for 2h 00m; it was seen only once so far" */
static const char *why_of(const struct foreseen *foreseen, struct arena *arena)
{
	char length[DURATION_TEXT_SIZE];
	const char *late = "";

	if (foreseen->overdue) {
		duration_format(length, sizeof length, foreseen->overdue_by);
		late = arena_printf(arena, "overdue for %s; ", length);
	}
	if (foreseen->policy == NULL)
		return foreseen->reason;
	return arena_printf(arena, "policy %s%s%s; %s%s", foreseen->policy, foreseen->cause != NULL ? ": " : "",
	                    foreseen->cause != NULL ? foreseen->cause : "", late, foreseen->reason);
}

static const char *what_of(const struct foreseen *foreseen, int64_t now, struct arena *arena)
{
	char at[TIME_TEXT_SIZE];

	if (foreseen->next == NULL)
		return foreseen->overdue ? "still due: its end" : "nothing is due";
	if (foreseen->next_at <= now)
		return arena_printf(arena, "still due: %s", foreseen->next);
	time_format(at, sizeof at, foreseen->next_at);
	return arena_printf(arena, "next: %s, at %s", foreseen->next, at);
}

static void take_visit(struct explaining *explaining, const struct visit *visit, const struct foreseen *foreseen)
{
	if (visit->error.code != ERROR_NONE) {
		string_list_add(&explaining->notes, &explaining->arena,
		                arena_printf(&explaining->arena,
		                             "%s cannot be read, so what is due there is unknown: %s",
		                             visit->target->label, visit->error.text));
		return;
	}
	for (size_t i = 0; i < visit->snapshot.count; i++) {
		const struct session *session = &visit->snapshot.sessions[i];

		if (session->class == CLASS_USER && explain_wanted(explaining, session))
			explain_event(explaining, explain_session(explaining, session), explaining->now,
			              what_of(&foreseen[i], explaining->now, &explaining->arena),
			              why_of(&foreseen[i], &explaining->arena));
	}
}

static void take_all(struct explaining *explaining, const struct visit *visits, size_t count,
                     const struct foresight *foresight)
{
	explaining->now = foresight->now;
	for (size_t i = 0; i < count; i++)
		take_visit(explaining, &visits[i], foresight->targets[i]);
	if (foresight->note != NULL)
		string_list_add(&explaining->notes, &explaining->arena,
		                arena_strdup(&explaining->arena, foresight->note));
}

int explain_due(struct explaining *explaining, struct error *error)
{
	struct settings settings = *explaining->settings; /* the foreseer sets the policies' targets */
	const struct foresight *foresight = NULL;
	struct foreseer *foreseer;
	struct visit *visits;
	int result;

	if (settings.policies.count == 0)
		return 0;
	/* Sessions that were not asked for count on their hosts all the same. */
	settings.filter = (struct filter){.exclude_users = settings.filter.exclude_users};
	if (foreseer_open(&foreseer, &settings, error) < 0)
		return -1;
	visits = collect_targets(settings.targets, settings.target_count, settings.target_timeout,
	                         deadline_in(settings.timeout), NEED_EVERYTHING);
	result = foreseer_look(foreseer, visits, &foresight, error);
	if (result == 0 && foresight != NULL)
		take_all(explaining, visits, settings.target_count, foresight);
	foreseer_close(foreseer);
	visits_free(visits, settings.target_count);
	return result;
}
