/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/simulation/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/ledger/ledger.h"
#include "lib/policy/policy.h"
#include "lib/session/session.h"
#include "t/simulation/check.h"
#include "t/simulation/journal.h"
#include "t/simulation/model_state.h"

/* So many calls in a row may fail. */
enum { STATES_MOST = 256 };

struct states {
	struct state *items[STATES_MOST];
	size_t count;
};
/* What the ledger may hold now; and what it may hold besides if the power goes. */
static struct states possible, lost;
struct model_sums model_sums;

static void states_clear(struct states *states)
{
	for (size_t i = 0; i < states->count; i++)
		state_free(states->items[i]);
	states->count = 0;
}

static void states_add(struct states *states, struct state *state)
{
	if (states->count == STATES_MOST)
		check_failed("%d calls of the ledger in a row have failed", STATES_MOST);
	states->items[states->count++] = state;
}

void model_begin(void)
{
	model_free();
	states_add(&possible, state_make());
	model_sums = (struct model_sums){0};
}

void model_free(void)
{
	states_clear(&possible);
	states_clear(&lost);
}

/* All that are possible with this call, beside those without it. */
static void doubt(void (*apply)(struct state *state, const void *call), const void *call)
{
	size_t count = possible.count;

	model_sums.doubts++;
	for (size_t i = 0; i < count; i++) {
		struct state *after = state_copy(possible.items[i]);

		apply(after, call);
		states_add(&possible, after);
	}
}

/* It is done, and on the disk. */
static void certain(void (*apply)(struct state *state, const void *call), const void *call)
{
	for (size_t i = 0; i < possible.count; i++)
		apply(possible.items[i], call);
	states_clear(&lost);
}

/* Only those that give this answer are possible.  spare: the others may come back. */
static void narrow(const struct look_call *call, struct states *spare)
{
	char why[300] = "nothing is possible";
	size_t kept = 0;

	model_sums.answers++;
	for (size_t i = 0; i < possible.count; i++) {
		struct state *state = possible.items[i];

		if (state_answers(state, call, why, sizeof why))
			possible.items[kept++] = state;
		else if (spare != NULL)
			states_add(spare, state);
		else
			state_free(state);
	}
	possible.count = kept;
	if (kept == 0)
		check_failed("the ledger is not as it should be: %s", why);
}

void model_see(const struct ledger_look *looks, size_t count, const struct ledger_clock *now, bool sure)
{
	const struct look_call call = {looks, count, now};

	if (!sure) {
		doubt(state_see, &call);
		return;
	}
	narrow(&call, NULL);
	certain(state_see, &call);
}

void model_warned(const struct ledger_warning *warning, bool sure)
{
	if (sure)
		certain(state_warned, warning);
	else
		doubt(state_warned, warning);
}

void model_snoozed(const struct session *session, const char *url, int64_t until, bool sure)
{
	const struct snooze_call call = {session, url, until};

	if (sure)
		certain(state_snoozed, &call);
	else
		doubt(state_snoozed, &call);
}

void model_power_lost(void)
{
	for (size_t i = 0; i < lost.count; i++)
		states_add(&possible, lost.items[i]);
	lost.count = 0;
}

/* A list with everybody of whom any of them knows, as an outsider would have taken it at the last look. */
static size_t probe_make(struct ledger_look *looks, struct snapshot *snapshots)
{
	const struct state *first = possible.items[0];
	size_t count = 0;

	for (size_t place = 0; place < PLACES_MOST; place++) {
		struct snapshot *snapshot = &snapshots[count];

		if (!first->places[place].known)
			continue;
		snapshot_init(snapshot);
		snapshot->taken_at = first->clock.wall;
		snapshot->now = first->clock.wall + first->places[place].ahead;
		state_list(first, place, snapshot);
		looks[count++] = (struct ledger_look){
		    .url = arena_strdup(&snapshot->arena, first->places[place].url),
		    .snapshot = snapshot,
		    .histories = arena_alloc(&snapshot->arena, (snapshot->count + 1) * sizeof(struct policy_history)),
		};
	}
	return count;
}

void model_compare(void)
{
	static struct ledger_look looks[PLACES_MOST];
	static struct snapshot snapshots[PLACES_MOST];
	struct error error = {0};
	struct state_dir folder;
	struct ledger *ledger;
	size_t count;

	if (possible.count == 1 && !possible.items[0]->clock_known)
		return; /* nothing was ever remembered */
	model_sums.readings++;
	if (state_dir_open_reading(&folder, STATE_FOLDER, false, &error) != 0 ||
	    ledger_open(&ledger, &folder, LEDGER_READ, 1000, &error) < 0)
		check_failed("the ledger cannot be read: %s", error.text);
	count = probe_make(looks, snapshots);
	if (ledger_see(ledger, looks, count, &possible.items[0]->clock, &error) < 0)
		check_failed("the ledger cannot be read: %s", error.text);
	narrow(&(struct look_call){looks, count, &possible.items[0]->clock}, &lost);
	for (size_t i = 0; i < count; i++)
		snapshot_free(&snapshots[i]);
	ledger_close(ledger);
	state_dir_close(&folder);
}
