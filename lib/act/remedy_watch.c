/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds out whether an act was done.  "Done" means that a later look shows it. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/act/remedy.h"
#include "lib/act/remedy_run.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"

/* Has the act taken effect on that very session?  1 yes, 0 not yet, -1 cannot be read. */
static int effect_seen(struct run *run, struct host_work *work, const struct attempt *attempt, struct error *error)
{
	struct deadline deadline = attempt_deadline(run, 0);
	struct arena arena = {0};
	struct session now;
	struct pin *pin = NULL;
	int64_t host_now;
	int seen;

	if (host_pin(work, attempt->target, &attempt->now, &pin, &now, &host_now, &arena, &deadline, error) < 0) {
		seen = error->code == ERROR_GONE ? 1 : -1;
	} else {
		seen = !session_same_identity(&attempt->now, &now) ||
		       (run->order->action.act == ACT_DISCONNECT && now.state != STATE_ACTIVE);
		attempt->target->provider->unpin(pin);
	}
	arena_free(&arena);
	return seen;
}

static void set_ordered(struct attempt *attempt, const struct error *why)
{
	struct outcome *outcome = &attempt->result.outcome;
	char text[sizeof why->text + 64];

	attempt->result.kind = RESULT_ORDERED;
	*outcome =
	    (struct outcome){.code = OUTCOME_DONE, .detail = "the host has accepted it; not seen to be done yet"};
	if (why->code == ERROR_NONE || why->code == ERROR_TIMEOUT) /* our own deadline ended the look */
		return;
	snprintf(text, sizeof text, "the host has accepted it; it cannot be seen now: %s", why->text);
	text_copy(outcome->detail, sizeof outcome->detail, text);
}

/* The order may have arrived: reading the session again tells more than the error. */
static void look_at_lost(struct run *run, struct host_work *work, struct attempt *attempt)
{
	struct remedy_result *result = &attempt->result;
	struct error ignored = {0};

	if (effect_seen(run, work, attempt, &ignored) > 0) {
		result->kind = RESULT_DONE;
		result->outcome =
		    (struct outcome){.code = OUTCOME_DONE, .detail = "it is seen to be done, but no answer came"};
	}
	attempt_finish(run, attempt);
}

static void look_at_watched(struct run *run, struct host_work *work, struct attempt *attempt, bool last)
{
	struct error error = {0};

	if (effect_seen(run, work, attempt, &error) > 0) {
		attempt->result.kind = RESULT_DONE;
		attempt_finish(run, attempt);
	} else if (last) {
		set_ordered(attempt, &error);
		attempt_finish(run, attempt);
	}
}

void remedy_look_at_host(struct run *run, struct host_work *work, bool last)
{
	for (size_t i = 0; i < work->count; i++) {
		struct attempt *attempt = &work->attempts[i];

		if (attempt->stage == STAGE_LOST)
			look_at_lost(run, work, attempt);
		else if (attempt->stage == STAGE_WATCHED)
			look_at_watched(run, work, attempt, last);
	}
	if (!run->keep_connections)
		host_hang_up(work);
}
