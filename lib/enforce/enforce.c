/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/enforce/enforce.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/act/host_lock.h"
#include "lib/act/remedy.h"
#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/collect/collect.h"
#include "lib/enforce/enforce_run.h"
#include "lib/ledger/history.h"
#include "lib/ledger/ledger.h"
#include "lib/policy/policy.h"
#include "lib/target/provider.h"

/* ms to wait for another writer of the ledger, which needs much less. */
enum { LEDGER_PATIENCE = 5000 };
/* ms after the deadline, for the engine's last lines. */
enum { LOCK_MARGIN = 5000 };

/* The lock of enforce_sessions: one run at a time, or users would be warned twice.  No host has this name. */
static const char lock_name[] = "enforce_sessions//";

static size_t unreachable(const struct enforcement *run)
{
	size_t count = 0;

	for (size_t i = 0; i < run->target_count; i++)
		count += run->visits[i].error.code != ERROR_NONE;
	return count;
}

/* Counts the sessions that are held back.  *clock: for some of them the reason is a clock that was set, which the
 * operator should look at. */
static size_t held(const struct enforcement *run, bool *clock)
{
	size_t count = 0;

	*clock = false;
	for (size_t i = 0; i < run->count; i++) {
		count += enforce_held(&run->items[i].decision, run->set.now);
		*clock = *clock || run->items[i].decision.reason == WHY_CLOCK;
	}
	return count;
}

static size_t due(const struct enforcement *run)
{
	size_t count = 0;

	for (size_t i = 0; i < run->count; i++)
		count += run->items[i].decision.step != POLICY_LEAVE;
	return count;
}

/* The last line, and the exit status that goes with it. */
static int finish(struct enforcement *run, int status, struct error *error)
{
	static const char *const words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
	bool clock;
	size_t missing = unreachable(run), kept = held(run, &clock);
	char limited[64] = "";

	if (status == REMEDY_DONE && missing > 0)
		status = REMEDY_UNKNOWN;
	if (status == REMEDY_DONE && (clock || run->doubts.count > 0))
		status = REMEDY_REFUSED;
	if (run->over_limit > 0)
		snprintf(limited, sizeof limited, ", %zu stopped by a limit", run->over_limit);
	if (enforce_say(run, error, "ENFORCE %s: %s%zu due%s, %zu held back, %zu target%s without an answer",
	                words[status], run->settings->execute ? "" : "dry run, nothing done; ", due(run), limited, kept,
	                missing, missing == 1 ? "" : "s") < 0)
		return REMEDY_FAILED;
	return status;
}

/* To a new ledger every session is new, so nothing is due; this line is all that the run says. */
static int say_moved(struct enforcement *run, struct error *error)
{
	return enforce_say(run, error,
	                   "ENFORCE CRITICAL: the ledger was damaged and is now %s; a new one was begun, nothing done",
	                   ledger_moved_to(run->ledger));
}

static int say_doubts(struct enforcement *run, struct error *error)
{
	for (size_t i = 0; i < run->doubts.count; i++)
		if (enforce_say(run, error, "%s", run->doubts.items[i]) < 0)
			return -1;
	return 0;
}

static int plan_and_act(struct enforcement *run, struct error *error)
{
	if (ledger_open(&run->ledger, &run->state, run->settings->execute ? LEDGER_WRITE : LEDGER_READ, LEDGER_PATIENCE,
	                error) < 0)
		return -1;
	ledger_keep(run->ledger, run->settings->history);
	if (enforce_plan(run, error) < 0 || say_doubts(run, error) < 0 || enforce_say_plan(run, error) < 0)
		return -1;
	if (ledger_moved_to(run->ledger) != NULL)
		return say_moved(run, error) < 0 ? -1 : REMEDY_FAILED;
	return finish(run, run->settings->execute ? enforce_act(run) : enforce_foretell(run), error);
}

static int say_locked(struct enforcement *run, const struct lock_holder *holder, struct error *error)
{
	struct buffer text = {0};
	int result;

	lock_holder_show(&text, holder);
	result = enforce_say(run, error, "ENFORCE %s: nothing done, %s", holder->overdue ? "CRITICAL" : "OK",
	                     buffer_text(&text));
	buffer_free(&text);
	if (result < 0)
		return -1;
	return holder->overdue ? REMEDY_FAILED : REMEDY_DONE;
}

static int run_locked(struct enforcement *run, struct error *error)
{
	struct lock_holder holder;
	struct host_lock lock;
	int result;

	if (!run->settings->execute)
		return plan_and_act(run, error);
	result = host_lock_take(&lock, &run->state, lock_name,
	                        clock_now() + deadline_left(&run->deadline) + LOCK_MARGIN, &holder, error);
	if (result != 0)
		return result < 0 ? -1 : say_locked(run, &holder, error);
	result = plan_and_act(run, error);
	host_lock_release(&lock);
	return result;
}

static int run_listed(struct enforcement *run, struct error *error)
{
	int result;

	run->visits = collect_targets(run->targets, run->target_count, run->settings->target_timeout, run->deadline,
	                              NEED_EVERYTHING);
	result = run_locked(run, error);
	visits_free(run->visits, run->target_count);
	return result;
}

/* Nothing, or nothing more, was done; the text says why. */
static int say_failed(struct enforcement *run, const struct error *why)
{
	enforce_say(run, &(struct error){0}, "ENFORCE CRITICAL: %s%s%s", why->text, why->hint[0] != '\0' ? "; " : "",
	            why->hint);
	return REMEDY_FAILED;
}

int enforce_run(const struct program_info *program, const struct settings *settings, struct remedy_writer *writer,
                struct error *error)
{
	struct enforcement run = {
	    .settings = settings,
	    .program = program->name,
	    .writer = writer,
	    .deadline = deadline_in(settings->timeout),
	    .state.fd = -1,
	};
	struct error why = {0};
	int result = enforce_policies(&run, error);

	if (result == 0 &&
	    ((result = state_dir_open_as(&run.state, settings->state_dir, settings->state_dir_shared, &why)) < 0 ||
	     (result = run_listed(&run, &why)) < 0))
		result = say_failed(&run, &why);
	ledger_close(run.ledger);
	state_dir_close(&run.state);
	enforce_policies_free(&run);
	arena_free(&run.arena);
	return result;
}
