/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run of enforce_sessions: declarations that its files share; not for files outside of lib/enforce. */
#ifndef CURFEW_ENFORCE_RUN_H
#define CURFEW_ENFORCE_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/act/remedy.h"
#include "lib/act/remedy_writer.h"
#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/config/config_policy.h"
#include "lib/config/settings.h"
#include "lib/ledger/ledger.h"
#include "lib/policy/policy.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"

/* A session that a target listed, and what was decided about it. */
struct enforce_item {
	struct visit *visit;
	const struct session *session;
	struct policy_decision decision;
	const char *text;     /* of a warning; NULL: none */
	const char *question; /* the warning as a question, with the possible answers; NULL: none */
	bool given;           /* the warning was given, by a question that was answered or stays on the screen */
	const char *because;  /* for the audit */
};

struct enforcement {
	const struct settings *settings;
	const char *program;
	struct remedy_writer *writer;
	struct deadline deadline;
	struct arena arena;

	struct policy_config *configs; /* in the order of the file */
	struct policy *policies;       /* the same, as policy_decide() takes them */
	size_t policy_count;
	bool without_targets; /* no target is visited */
	struct target *targets;
	size_t target_count;
	struct string_list doubts; /* what the policies name and is not there; one sentence each */

	struct visit *visits;
	struct state_dir state;
	struct ledger *ledger;
	struct policy_set set;
	struct enforce_item *items; /* user sessions, in the order of the lists */
	size_t count;
	size_t over_limit; /* ends that a limit stopped */
};

/* enforce_policies.c: the policies of the run, with their zones and holidays, and the targets. */
int enforce_policies(struct enforcement *run, struct error *error);
void enforce_policies_free(struct enforcement *run);

/* enforce_plan.c: records what was listed, and decides.  The ledger is open. */
int enforce_plan(struct enforcement *run, struct error *error);

/* enforce_groups.c: the name that groups_of() has for this group; NULL if the name service has no such group, or does
 * not answer. */
const char *group_called(const char *name, struct arena *arena);
/* The groups of the session's user, or NULL if they are unknown. */
const struct string_list *groups_of(const struct session *session, struct arena *arena);

/* enforce_words.c: the text of a warning, and the reason in the audit; in the arena. */
const char *enforce_text(const struct policy_config *config, const struct enforce_item *item, int64_t now,
                         struct arena *arena);
/* The text of a warning that the user can answer for more time. */
const char *enforce_question(const struct enforce_item *item, struct arena *arena);
const char *enforce_because(const struct enforce_item *item, struct arena *arena);

/* enforce_say.c: prints the plan and the last line.  -1: the reader of the output has exited. */
int enforce_say_plan(struct enforcement *run, struct error *error);
int enforce_say(struct enforcement *run, struct error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* enforce_act.c: does what is due.  Returns the worst status of its parts. */
int enforce_act(struct enforcement *run);
/* Judges the limits for a dry run; likewise. */
int enforce_foretell(struct enforcement *run);

/* True if it is due, and held back by a reason that may be gone at the next run. */
bool enforce_held(const struct policy_decision *decision, int64_t now);

#endif
