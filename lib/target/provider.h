/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The provider interface: one session system behind seven functions.
 *
 * To add one: copy providers/skeleton/ and add a line to providers/providers.mk (doc/design/provider-guide.md).
 *
 * A provider is linked into the programs (no libraries beyond libc: sim, xrdp)
 * or is a worker program of its own in libexecdir (lib/collect/worker.h), which costs
 * only those who use it.  Callers do not see which.
 *
 * Rules a provider keeps (t/unit/conformance.c asks each of them):
 * - every function returns by its deadline; nothing aborts, exits or prints;
 * - unknown is said, never guessed: no birth, no idle time, not complete;
 * - list() of an unchanged host gives the same identities and births, and so does list_many()
 *   for visits that need births;
 * - act() does the act to exactly the pinned session, once, or nothing.
 */
#ifndef CURFEW_PROVIDER_H
#define CURFEW_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/session/session.h"
#include "lib/target/target.h"

enum provider_status {
	PROVIDER_STABLE,
	PROVIDER_EXPERIMENTAL, /* never tested against the real system */
};

enum capability {
	CAN_DISCONNECT = 1 << 0,
	CAN_LOGOFF = 1 << 1,
	CAN_MESSAGE = 1 << 2,
	HAS_IDLE = 1 << 3,
	HAS_DISCONNECT_TIME = 1 << 4,
	HAS_BIRTH = 1 << 5,
	HAS_LOCK = 1 << 6,
	MANY_HOSTS = 1 << 7, /* list_many() serves any number of targets at once */
	NEEDS_CREDENTIALS = 1 << 8,
	SHELLS_PER_OWNER = 1 << 9,  /* an owner may have a limited number of sessions (max_shells_per_owner) */
	NAMED_BY_NETWORK = 1 << 11, /* its hosts have the names that targets use: one host may have several */
	OWN_PROCESS = 1 << 10,      /* a process for each target: code that one loads must not reach another */
};

/* An option that a [target] section may set for this provider. */
struct provider_option {
	const char *name;
	const char *argument; /* metavariable for the documentation */
	const char *help;
	bool secret; /* never shown */
};

/* The duration of each step of a visit.  A provider calls trail_mark() when a step is finished. */
enum { TRAIL_STEPS = 8 };
struct trail {
	int64_t begun; /* monotonic ms */
	size_t count;
	struct {
		enum step step;
		int64_t took; /* ms */
	} steps[TRAIL_STEPS];
};
void trail_begin(struct trail *trail);
void trail_mark(struct trail *trail, enum step step);

/* What a caller will use, beside what every list has.  list() returns everything. */
enum need {
	NEED_CLIENTS = 1 << 0, /* clients' names and addresses */
	NEED_BIRTHS = 1 << 1,  /* to act on what is listed, now or later */
	NEED_EVERYTHING = NEED_CLIENTS | NEED_BIRTHS,
};

/* The listing of one target, from the request to the answer. */
struct visit {
	const struct target *target;
	struct deadline deadline;
	unsigned needs; /* enum need: what is not needed may be left out if it costs more requests */
	struct trail trail;
	struct snapshot snapshot; /* initialised and freed by the caller */
	struct error error;       /* ERROR_NONE: the snapshot holds the answer */
	bool finished;            /* set by visit_finish() */
	size_t shared; /* sessions that another target lists, too, and that were left to it (lib/target/host_names.h) */
	const char *shared_with; /* its label */
};
typedef void visit_done(struct visit *visit, void *context);

enum act {
	ACT_DISCONNECT, /* drop the client, programs keep running */
	ACT_LOGOFF,     /* end the session and its programs */
	ACT_MESSAGE,    /* show a text to the user */
};
const char *act_name(enum act act); /* "disconnect", "log off", "message" */

struct action {
	enum act act;
	const char *title; /* message only */
	const char *text;
	int64_t answer_wait; /* ms to wait for the user's answer; 0: do not ask for one */
	bool force;          /* log off: do not let programs object */
};

enum outcome_code {
	OUTCOME_DONE,
	OUTCOME_GONE,     /* it had ended before the act: success, with a note */
	OUTCOME_ANSWERED, /* message: answer holds what the user pressed */
	OUTCOME_NO_ANSWER,
};
struct outcome {
	enum outcome_code code;
	char answer[16];  /* "ok", "cancel" … */
	char detail[128]; /* one line for people; may be empty */
};
const char *outcome_name(enum outcome_code code);

/* An act that the system has, but by its own rules carries out only for the session's own client.  It is not
 * attempted unless an option of the target asks for it. */
struct provider_doubt {
	enum act act;
	const char *option, *value; /* the option of a target that asks for it */
	const char *reason;         /* one line: why not, and what to do */
};

struct connection; /* each provider's own */
struct pin;        /* each provider's own: one session held, or at least remembered */

struct provider {
	const char *scheme;  /* the URL scheme of its targets, lower case */
	const char *summary; /* one line for --list-providers */
	enum provider_status status;
	uint32_t capabilities;                 /* enum capability */
	const struct provider_option *options; /* ends in a NULL name; may be NULL */
	const struct provider_doubt *doubt;    /* NULL: every act of the row may be attempted */
	const char *program;                   /* the worker program in libexecdir; NULL: linked in */

	/* Every function but list_many MUST be set.  Each returns 0, or -1 with *error filled. */
	int (*open)(const struct target *target, const struct deadline *deadline, struct trail *trail,
	            struct connection **connection, struct error *error);
	int (*list)(struct connection *connection, const struct deadline *deadline, struct trail *trail,
	            struct snapshot *snapshot, struct error *error);
	/* Reads that one session again, and holds it where the system can (pidfd, handle).  *now is its present
	 * state, texts in the arena; the caller compares it with the one selected.  ERROR_GONE if the back end says
	 * that there is no such session. */
	int (*pin)(struct connection *connection, const struct session *wanted, const struct deadline *deadline,
	           struct pin **pin, struct session *now, int64_t *host_now, struct arena *arena, struct error *error);
	/* Returns when the back end has answered.  The caller checks later whether the act took effect. */
	int (*act)(struct pin *pin, const struct action *action, const struct deadline *deadline,
	           struct outcome *outcome, struct error *error);
	void (*unpin)(struct pin *pin); /* NULL is allowed */
	void (*close)(struct connection *connection);

	/* Lists many targets in one loop.  Returns when each visit is finished or its deadline has passed, after
	 * visit_finish() for each.  NULL: open, list and close are called for one target after the other. */
	void (*list_many)(struct visit **visits, size_t count, visit_done *done, void *context);
};

/* Marks the visit finished and calls done(), once. */
void visit_finish(struct visit *visit, visit_done *done, void *context);
/* open + list + close for one visit: list_many for a provider that has none. */
void visit_one(struct visit *visit, visit_done *done, void *context);

/* The provider with that scheme in a list that ends in NULL; NULL: there is none. */
const struct provider *provider_find(const struct provider *const providers[], const char *scheme);
/* The provider of one of the target's sessions: a target may have sessions of several ("local:"). */
const struct provider *provider_of(const struct target *target, const struct session *session);

/* The reason why this act is not attempted on the target; NULL: it is. */
const char *provider_withholds(const struct provider *provider, const struct target *target, enum act act);

#endif
