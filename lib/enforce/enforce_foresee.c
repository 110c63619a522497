/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/enforce/enforce_foresee.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/config/settings.h"
#include "lib/enforce/enforce_run.h"
#include "lib/ledger/history.h"
#include "lib/ledger/ledger.h"
#include "lib/policy/policy.h"
#include "lib/report/foresight.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"

/* A step within this time is reported as soon. */
enum { SOON = 60 * 60 * 1000 };
/* ms to wait for another writer of the ledger; the check's answer waits for this. */
enum { PATIENCE = 2000 };

struct foreseer {
	struct enforcement run;
	struct foresight foresight;
	bool remembers; /* there is a ledger */
};

int foreseer_open(struct foreseer **foreseer, struct settings *settings, struct error *error)
{
	struct foreseer *made = must_alloc(sizeof *made);

	*foreseer = NULL;
	made->run = (struct enforcement){.settings = settings, .state.fd = -1};
	if (settings->policies.count == 0) {
		made->run.targets = settings->targets;
		made->run.target_count = settings->target_count;
	} else if (enforce_policies(&made->run, error) < 0) {
		foreseer_close(made);
		return -1;
	}
	settings->targets = made->run.targets;
	settings->target_count = made->run.target_count;
	*foreseer = made;
	return 0;
}

void foreseer_close(struct foreseer *foreseer)
{
	if (foreseer == NULL)
		return;
	ledger_close(foreseer->run.ledger);
	state_dir_close(&foreseer->run.state);
	enforce_policies_free(&foreseer->run);
	arena_free(&foreseer->run.arena);
	free(foreseer);
}

/* Without --remember a missing ledger is no error; one that cannot be read is. */
static int open_ledger(struct foreseer *foreseer, struct error *error)
{
	const struct settings *settings = foreseer->run.settings;
	struct state_dir *state = &foreseer->run.state;
	int missing = 0;

	if (settings->remember)
		missing = state_dir_open_as(state, settings->state_dir, settings->state_dir_shared, error);
	else
		missing = state_dir_open_reading(state, settings->state_dir, settings->state_dir_shared, error);
	if (missing < 0 || ledger_open(&foreseer->run.ledger, missing > 0 ? NULL : state,
	                               settings->remember ? LEDGER_WRITE : LEDGER_READ, PATIENCE, error) < 0)
		return -1;
	ledger_keep(foreseer->run.ledger, settings->history);
	foreseer->remembers = ledger_remembers(foreseer->run.ledger);
	return 0;
}

static bool overdue(const struct policy_decision *decision, int64_t now, int64_t bound)
{
	return decision->due_known && now - decision->due_at > bound;
}

static enum foreseen_act act_of(enum policy_step step)
{
	static const enum foreseen_act acts[] = {
	    [POLICY_LEAVE] = FORESEEN_NOTHING,
	    [POLICY_WARN] = FORESEEN_WARNING,
	    [POLICY_DISCONNECT] = FORESEEN_DISCONNECT,
	    [POLICY_LOGOFF] = FORESEEN_LOGOFF,
	};

	return acts[step];
}

static struct foreseen foreseen_of(const struct enforcement *run, const struct policy_decision *decision)
{
	int64_t now = run->set.now, bound = run->settings->overdue_after;
	bool comes = decision->next != POLICY_LEAVE;
	struct foreseen foreseen = {
	    .policy = decision->policy != NULL ? decision->policy->name : NULL,
	    .reason = policy_reason_text(decision->reason),
	    .step = policy_step_name(decision->step),
	    .next_at = decision->next_at,
	    .end_at = decision->end_at,
	    .now = act_of(decision->step),
	    .soon = comes && decision->next_at > now && decision->next_at <= now + SOON,
	    .overdue = overdue(decision, now, bound),
	    .overdue_by = now - decision->due_at,
	};

	if (decision->reason == WHY_FIRST_LOOK)
		foreseen.now = act_of(decision->next);
	if (comes) {
		foreseen.cause = policy_cause_name(decision->cause);
		foreseen.next = policy_step_name(decision->next);
		foreseen.end = policy_step_name(decision->end);
	}
	return foreseen;
}

/* True if no policy decides about it: it is no user session, or the filters leave it out. */
static struct foreseen undecided(void)
{
	const struct policy_decision none = {.reason = WHY_NO_USER};

	return (struct foreseen){.reason = policy_reason_text(none.reason), .step = policy_step_name(none.step)};
}

static void foresight_fill(struct foreseer *foreseer)
{
	struct enforcement *run = &foreseer->run;
	struct foreseen **targets = arena_alloc(&run->arena, run->target_count * sizeof *targets);
	size_t item = 0;

	for (size_t i = 0; i < run->target_count; i++) {
		const struct visit *visit = &run->visits[i];

		targets[i] = arena_alloc(&run->arena, visit->snapshot.count * sizeof **targets);
		for (size_t j = 0; j < visit->snapshot.count; j++)
			targets[i][j] = undecided();
		for (; item < run->count && run->items[item].visit == visit; item++)
			targets[i][run->items[item].session - visit->snapshot.sessions] =
			    foreseen_of(run, &run->items[item].decision);
	}
	foreseer->foresight =
	    (struct foresight){.targets = (const struct foreseen *const *)targets, .now = run->set.now};
	if (run->doubts.count > 0)
		foreseer->foresight.note = run->doubts.items[0];
	else if (!foreseer->remembers)
		foreseer->foresight.note =
		    "there is no ledger here, so which warnings were given is unknown; see --state-dir";
}

int foreseer_look(struct foreseer *foreseer, struct visit *visits, const struct foresight **foresight,
                  struct error *error)
{
	struct enforcement *run = &foreseer->run;

	run->visits = visits;
	*foresight = NULL;
	if (open_ledger(foreseer, error) < 0)
		return -1;
	if (ledger_moved_to(run->ledger) != NULL)
		return error_set(error, ERROR_SYSTEM, STEP_NONE,
		                 "the ledger was damaged and is now %s; a new one was begun",
		                 ledger_moved_to(run->ledger));
	if (enforce_plan(run, error) < 0)
		return -1;
	if (run->policy_count == 0)
		return 0;
	foresight_fill(foreseer);
	*foresight = &foreseer->foresight;
	return 0;
}
