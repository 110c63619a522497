/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The remedy engine: list, select, plan, lock, then for each session pin,
 * compare, write the intent, act; and watch until it is seen to be done.
 * remedy_run() is the only way to a provider's act(); a test keeps it so.
 *
 * The engine prints nothing.  It passes events to an observer.
 */
#ifndef CURFEW_REMEDY_H
#define CURFEW_REMEDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/act/host_lock.h"
#include "lib/act/plan.h"
#include "lib/base/error.h"
#include "lib/config/settings.h"
#include "lib/judge/select.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"

/* Exit status of a handler, documented in its man page. */
enum remedy_exit {
	REMEDY_DONE = 0,    /* done, ordered, nothing to do, or another handler is at work on the host */
	REMEDY_REFUSED = 1, /* a safety rule refused something */
	REMEDY_FAILED = 2,  /* an act failed, or a limit, a missing audit or lock stopped it */
	REMEDY_UNKNOWN = 3, /* usage, or no information */
};

/* Texts that differ from session to session of one order.  Several threads call them at once; each may be NULL. */
struct remedy_words {
	const char *(*text)(void *context, const struct session *session); /* of a message, in place of the action's */
	const char *(*because)(void *context, const struct session *session); /* for the audit: which policy, and why */
	void *context;
};

struct remedy_order {
	const struct settings *settings;
	const char *program;
	struct action action;
	struct rule rule;
	const struct target *targets;
	size_t target_count;
	bool execute;   /* false: a dry run */
	bool by_policy; /* a policy picked the sessions, and nobody by hand: what is ordered already is not ordered
	                   again */
	struct remedy_words words;
	/* The limits are judged over this plan, of which the order is a part (lib/act/remedy_whole.h); NULL: over the
	   order's own. */
	const struct plan *whole;
	int64_t night_began; /* the noon from which on the limits of a night count; 0: by the clock of this machine */
};

/* The result for one session. */
enum result_kind {
	RESULT_DONE,    /* seen to be done */
	RESULT_ORDERED, /* the host has accepted the order; not seen to be done before the end of the run */
	RESULT_REFUSED, /* it is no longer the session that was selected */
	RESULT_FAILED,
};
struct remedy_result {
	enum result_kind kind;
	enum refusal refusal;   /* RESULT_REFUSED */
	struct outcome outcome; /* RESULT_DONE, RESULT_ORDERED */
	struct error error;     /* RESULT_FAILED */
};
const char *remedy_result_name(const struct remedy_result *result);   /* "done", "gone", "refused" … */
const char *remedy_result_reason(const struct remedy_result *result); /* or NULL */

struct remedy_tally {
	uint64_t selected, done, ordered, gone, refused, failed, unsupported;
	uint64_t left;     /* not attempted: cancelled, or out of time */
	uint64_t left_out; /* not attempted: another process has locked their hosts */
	uint64_t unreachable;
	bool overdue; /* one of those processes hangs */
	bool stopped_by_limit, failed_to_begin;
	bool audit_lost;    /* a line could not be written */
	bool observer_gone; /* the observer could not take an event: the output is closed */
};
int remedy_exit_status(const struct remedy_tally *tally);

enum remedy_news {
	NEWS_LISTED,   /* visits: every target has answered or failed */
	NEWS_PLANNED,  /* plan: the same in a dry run */
	NEWS_DECLINED, /* --confirm was answered with no */
	NEWS_NOTE,     /* note: a sentence for the operator */
	NEWS_REFUSED,  /* item (with plan: and all others of its refusal) or missing: kept; only before acts */
	NEWS_LEFT_OUT, /* host, holder: nothing is done there */
	NEWS_LIMIT,    /* plan, recent, error: over a limit, nothing is done */
	NEWS_BEGIN,    /* plan: the limits are kept, the acts follow */
	NEWS_INTENT,   /* item, session: the act follows, unless the observer returns an error */
	NEWS_RESULT,   /* item, session, result */
	NEWS_CLOSED,   /* session, result, action, target: what an earlier run had ordered is done, or not any more
	                  expected */
	NEWS_PENDING,  /* item, note: an earlier run has ordered it, and it is waited for; nothing is done about it now
	                */
	NEWS_PROBLEM,  /* error: nothing was done because of it */
	NEWS_END,      /* tally; error if the audit was lost */
};

/* Pointers are valid during the call.  Members that a kind of news does not name are NULL. */
struct remedy_event {
	enum remedy_news news;
	const struct remedy_order *order;
	const struct visit *visits;
	size_t visit_count;
	const struct plan *plan;
	const struct plan_item *item;
	const struct plan_missing *missing;
	const struct session *session; /* as it was last read */
	const struct remedy_result *result;
	const char *action, *target; /* of another run's order: its word and URL */
	const struct plan_host *host;
	const struct lock_holder *holder;
	uint64_t recent; /* acts of the last hour */
	const char *note;
	const struct error *error;
	const struct remedy_tally *tally;
};

/* Called from one thread at a time.  -1 with *error filled: no act is begun from now on. */
struct remedy_observer {
	int (*tell)(void *context, const struct remedy_event *event, struct error *error);
	void *context;
};

/* Returns an exit status.  Uses ITIMER_REAL as the last resort (lib/act/handler.c). */
int remedy_run(const struct remedy_order *order, const struct remedy_observer *observer);

/* Orders nothing: closes what earlier runs have ordered and these lists show to be done, or too late (NEWS_CLOSED). The
   order's rule, targets and action do not count.  Returns an exit status. */
int remedy_close(const struct remedy_order *order, const struct visit *visits, size_t count,
                 const struct remedy_observer *observer);

/* Asks a running remedy to stop between two acts; safe in a signal handler. */
void remedy_stop(void);
bool remedy_stopping(void);

#endif
