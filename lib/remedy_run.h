/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run of the remedy engine: what its parts share.  Nobody else includes this. */
#ifndef CURFEW_REMEDY_RUN_H
#define CURFEW_REMEDY_RUN_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/arena.h"
#include "lib/audit.h"
#include "lib/clock.h"
#include "lib/host_lock.h"
#include "lib/plan.h"
#include "lib/remedy.h"
#include "lib/remedy_report.h"
#include "lib/state.h"

struct run {
	const struct remedy_order *order;
	struct plan plan;
	struct deadline deadline;
	struct state_dir state;
	struct audit audit;
	struct string_list locked; /* hosts whose locks we hold */
	struct host_lock *locks;
	size_t lock_count;
	struct connection *connection; /* to the target of the item before, if that was opened */
	const struct target *connected;
	struct remedy_tally tally;
};

extern volatile sig_atomic_t remedy_stopped;

/* remedy_act.c: each session of the plan that is due.  The only caller of a provider's act(). */
void remedy_act_on_all(struct run *run);

/* remedy_audit.c: the lines of a run. */
int remedy_audit_session(struct run *run, const char *event, const struct target *target, const struct session *session,
                         const char *outcome, const char *reason, struct error *error);
int remedy_audit_refusals(struct run *run, struct error *error);
/* The plan, on the disk before the first act: other runs count it against the shared limits. */
int remedy_audit_plan(struct run *run, struct error *error);
void remedy_audit_limit(struct run *run, uint64_t recent, struct error *error);

#endif
