/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run of the remedy engine: declarations that its files share; not for other files. */
#ifndef CURFEW_REMEDY_RUN_H
#define CURFEW_REMEDY_RUN_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/act/audit.h"
#include "lib/act/host_lock.h"
#include "lib/act/limits.h"
#include "lib/act/plan.h"
#include "lib/act/recent.h"
#include "lib/act/remedy.h"
#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/name_index.h"
#include "lib/config/settings.h"
#include "lib/session/session.h"
#include "lib/target/target.h"

/* ms: with less time left, no act is begun. */
enum { ACT_LEAST = 500 };

/* ms: acts of other runs count this long, and are kept this long for the limits of a night. */
enum { ALLOWANCE_PERIOD = 60 * 60 * 1000, ALLOWANCE_KEPT = 25 * 60 * 60 * 1000 };

/* One plan item from its pin to its result. */
enum act_stage {
	STAGE_WAITING,  /* nothing has been done yet */
	STAGE_SENT,     /* the order is under way */
	STAGE_WATCHED,  /* the host has accepted it */
	STAGE_LOST,     /* no answer came: what became of the order is not known */
	STAGE_FINISHED, /* its result event was sent */
};
struct attempt {
	const struct plan_item *item;
	const struct target *target;
	enum act_stage stage;
	bool others_wait;   /* on its host, behind it */
	struct arena arena; /* of now's texts */
	struct session now; /* as it was read last */
	struct pin *pin;
	int64_t pinned_at; /* clock_boot(): when the answer came */
	struct remedy_result result;
	char *last_line; /* an audit line for out of memory, made before the act */
};

/* The sessions of one host: only one lane at a time works on them. */
struct host_work {
	struct attempt *attempts; /* in the order of the plan */
	size_t count;
	struct connection *connection; /* to the target of the previous attempt, if it was opened */
	const struct target *connected;
	bool ordered, busy, finished;
	int64_t look_at; /* monotonic ms: the next look at ordered sessions */
	int64_t pause;   /* ms, to the look after that */
};

struct run {
	const struct remedy_order *order;
	const struct remedy_observer *observer;
	const struct visit *visits;
	size_t visit_count;
	struct plan plan;
	struct deadline deadline;
	struct state_dir state;
	struct audit audit;
	bool ended;               /* the end event was sent */
	bool begun;               /* the audit has our plan line, and needs an end line */
	int64_t ends_by;          /* wall clock: this process will have ended by then */
	struct name_index locked; /* the hosts that we have locked */
	struct recent own;        /* what this run planned and intended, by host; under the mutex */
	struct host_lock *locks;
	struct remedy_tally tally; /* under the mutex, like the events */
	struct error audit_error;  /* why the audit was lost */
	struct host_work *works;
	size_t work_count, unfinished;
	bool keep_connections; /* there are at most as many hosts as lanes */
	int64_t stopped_at;    /* monotonic ms: when the stop was seen; 0: it was not */
	pthread_mutex_t mutex;
	pthread_cond_t changed;
};

/* remedy_run.c: sends the event to the audit (if it is open) and then to the observer.  Needs the mutex, or no running
 * lane. */
int run_tell(struct run *run, struct remedy_event event, struct error *error);
/* True if no further act may begin. */
bool run_ending(const struct run *run);

/* remedy_lanes.c: orders everything that is due, hosts in parallel, then watches it. */
void remedy_act_on_all(struct run *run);

/* remedy_act.c: pin, compare, intent, act for each of the host's sessions.  The only caller of a provider's act(). */
void remedy_order_host(struct run *run, struct host_work *work);
/* remedy_watch.c: looks once at each session of the host that was ordered.  last: there is no later look. */
void remedy_look_at_host(struct run *run, struct host_work *work, bool last);

/* remedy_act.c: for both. */
struct deadline attempt_deadline(const struct run *run, int64_t extra);
void host_hang_up(struct host_work *work);
int host_pin(struct host_work *work, const struct target *target, const struct session *wanted, struct pin **pin,
             struct session *now, int64_t *host_now, struct arena *arena, const struct deadline *deadline,
             struct error *error);
/* Sends the result; the attempt is finished. */
void attempt_finish(struct run *run, struct attempt *attempt);

/* remedy_limits.c: checks the limits and reserves the plan, in one step for every run.  -1: nothing may be done. */
int remedy_reserve(struct run *run, struct error *error);
/* Counts one more intent in the audit. */
void remedy_count_intent(struct run *run, const struct plan_item *item);
/* At the end of the run: frees what was reserved and not begun. */
int remedy_settle(struct run *run, struct error *error);
/* The limit that the plan exceeds, judged without the records. */
struct limit_finding remedy_limits_dry(const struct remedy_order *order, const struct plan *plan);
/* Fills *error with a sentence (which limit, what would have been done) and sends the event. */
void remedy_tell_limit(struct run *run, const struct limit_finding *finding, struct error *error);
/* remedy_orders.c: gives orders of earlier runs their result if the lists show that they are done, or it is too
 * late; removes from the plan what is still waited for. */
int remedy_close_orders(struct run *run, struct error *error);
/* True if there are orders of earlier runs to close.  For a run that has nothing else to do. */
bool remedy_orders_wait(const struct run *run);
/* Leaves out of the plan what the order will wait for, so that it counts in no limit a second time. */
void remedy_orders_leave_out(const struct remedy_order *order, struct plan *plan);
/* remedy_memory.c: from now on, and until NULL, handles out of memory for this run. */
void remedy_memory_watch(struct run *run);
/* remedy_audit.c: the result line of a run that ends in the middle; the caller frees it. */
char *remedy_audit_last_line(const struct audit *audit, const struct remedy_event *event);

/* remedy_audit.c: the audit as an observer.  Events without an audit line are ignored. */
int remedy_audit_tell(struct audit *audit, const struct remedy_event *event, struct error *error);

#endif
