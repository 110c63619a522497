/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A policy says which sessions have to end: which it applies to, who is exempt, at which times, how long a session may
 * be idle, disconnected or logged on, and by which steps it is ended: warnings, disconnect, log off.
 *
 * policy_decide() is pure: a session, its record in the ledger, the policies and the time give one decision.  It reads
 * no clock, allocates nothing and cannot fail.  It does not act: what is due goes through the remedy engine
 * (lib/act/remedy.h), which lists the session again.
 *
 * What is unknown protects a session.  It is not ended if it is or may be exempt, if the time that counts is unknown,
 * if it is or may be busy, or if its user was not given each warning in time.
 *
 * Times are ms since the epoch on our own clock, lengths ms, unless a comment says otherwise.
 */
#ifndef CURFEW_POLICY_H
#define CURFEW_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/name_index.h"
#include "lib/base/text.h"
#include "lib/judge/classify.h"
#include "lib/policy/schedule.h"
#include "lib/policy/zone.h"
#include "lib/session/session.h"

/* Why a session has to end. */
enum policy_cause {
	CAUSE_IDLE,         /* active, without input for too long */
	CAUSE_DISCONNECTED, /* without a client for too long */
	CAUSE_LENGTH,       /* logged on for too long */
	CAUSE_DEADLINE,     /* no session is allowed at this time */
	CAUSE_COUNT,
};

enum policy_step { POLICY_LEAVE, POLICY_WARN, POLICY_DISCONNECT, POLICY_LOGOFF };

/* The most warnings of a policy. */
enum { WARNINGS_MOST = 8 };

struct policy {
	const char *name;

	/* The sessions it applies to: each list that has items must match.  The first policy that applies counts. */
	struct string_list targets;            /* target_key() and labels, in any case of letters */
	const struct name_index *target_index; /* of these, for thousands of targets; NULL: none */
	struct string_list users;              /* names_match() */
	struct string_list groups;             /* of the user, in any case of letters */
	struct string_list domains;            /* these four: globs */
	struct string_list clients;            /* name or address */
	struct string_list collections;
	struct string_list kinds;
	enum flag locked; /* FLAG_UNKNOWN: both */

	/* The exempt ones among these. */
	struct string_list exempt_users, exempt_groups, exempt_clients;

	/* The list has a group that does not exist here, or not now: who else is a member is unknown. */
	bool groups_doubtful, exempt_groups_doubtful;

	/* The times at which it acts.  Deadlines have their own windows. */
	struct schedule when;
	struct holidays holidays;
	const char *zone_name;
	const struct zone *zone; /* NULL: UTC */

	/* The limits; an unknown one is not set. */
	struct span limit[CAUSE_COUNT];    /* CAUSE_DEADLINE: unused */
	enum policy_step end[CAUSE_COUNT]; /* POLICY_DISCONNECT or POLICY_LOGOFF */
	struct schedule deadline;          /* in these windows no session may stay; 0 windows: none */
	bool count_seen;             /* without a disconnect time, counts from when we first saw it disconnected */
	int64_t lead[WARNINGS_MOST]; /* the rungs: ms before the end of each warning, the longest first */
	size_t lead_count;
	bool unwarned_too;     /* a session is ended even if a warning could not be delivered */
	bool protect_busy;     /* a session with busy programs is not ended */
	int64_t busy_over;     /* percent of one CPU; above it programs are busy */
	bool busy_unknown_too; /* a session is ended even if that is unknown */
	/* A user who answers the warning gets this much more time, this many times per session. */
	struct span snooze;
	unsigned snooze_most;
	/* If known: sessions are ended only while their host has more user sessions than this, or less memory (percent)
	 * available, the most idle first.  Not for deadlines. */
	struct span sessions_over, memory_below;
};

/* CPU use is measured over at most this time: after a longer gap it counts as used within this time. */
enum { BUSY_WINDOW = 15 * 60 * 1000 }; /* ms */

/* The result of one rung's warning. */
enum warning_state { WARNING_NONE, WARNING_GIVEN, WARNING_UNDELIVERED };
/* A system that reports how long ago an input was gives slightly different times for one input. */
enum { BEGAN_JITTER = 1000 }; /* ms */
/* The warnings that one policy gave for one cause.  They count for this policy, cause and end: what another policy
   announced comes at another time, or is another act. */
struct policy_warnings {
	struct policy_warnings *next; /* of the same session */
	const char *policy;
	enum policy_cause cause;
	enum policy_step end; /* what was announced */
	/* The episode of these warnings: the input, logon (host's clock) or deadline that the limit counts from. */
	int64_t began;
	struct {
		enum warning_state state;
		int64_t at;     /* the last try */
		int64_t end_at; /* the end that was announced to the user */
		unsigned tries; /* tries of this rung; 0 counts as 1 */
	} rung[WARNINGS_MOST];
};

/* The record of one session, found by its identity (lib/ledger). */
struct policy_history {
	unsigned looks;                   /* the number of looks in a row that had it, this one included */
	struct moment state_since;        /* when we first saw it in its present state */
	int64_t snoozed_until;            /* its user asked for more time; 0: no */
	unsigned snoozes;                 /* the number of times */
	struct span cpu_used;             /* CPU time of its programs since the last look */
	int64_t cpu_over;                 /* ms since that look */
	struct policy_warnings *warnings; /* NULL: none */
};

/* One session, and what else a decision needs. */
struct policy_subject {
	const char *target; /* its target_key() */
	const char *label;  /* of the target; NULL: not compared */
	const struct snapshot *snapshot;
	const struct session *session;
	unsigned capabilities;            /* of its provider for this target: CAN_MESSAGE … */
	const struct string_list *groups; /* of its user; NULL: unknown */
	const struct policy_history *history;
	bool clock_unsteady;       /* the host's clock or ours was set since the last look */
	struct span host_sessions; /* the number of user sessions of its host, if the list is complete */
	size_t more_idle; /* the number of sessions that may be ended before it, because they are idle for longer */
};

/* The reason of a decision. */
enum policy_reason {
	WHY_DUE,             /* the step is due now */
	WHY_EARLY,           /* `next` is due at next_at */
	WHY_UNDELIVERED,     /* its warning could not be delivered; the next try is at next_at */
	WHY_NO_LIMIT,        /* its policy has no limit for a session in this state */
	WHY_NONE_MEANS,      /* no policy applies to it */
	WHY_MEANING_UNKNOWN, /* whether a policy applies to it is unknown */
	WHY_NO_USER,         /* not a user session */
	WHY_OWN,             /* the caller's own */
	WHY_NO_BIRTH,        /* cannot be distinguished from a later session with its id */
	WHY_INCOMPLETE,      /* the list is incomplete */
	WHY_EXEMPT,
	WHY_EXEMPT_UNKNOWN, /* whether it is exempt is unknown */
	WHY_STATE_UNKNOWN,
	WHY_TIME_UNKNOWN, /* the time that counts is not known */
	WHY_CLOSED,       /* outside of the policy's times */
	WHY_CLOSING,      /* the window closes before the end could come */
	WHY_NO_WARNING,   /* its system has no messages */
	WHY_UNSUPPORTED,  /* its system has no such act */
	WHY_NO_PRESSURE,  /* its host does not need room, or that is unknown, or others are idle for longer */
	WHY_BUSY,
	WHY_BUSY_UNKNOWN,
	WHY_FIRST_LOOK, /* one look is not enough to end it */
	WHY_CLOCK,      /* a clock was set since the last look */
};

struct policy_decision {
	const struct policy *policy; /* NULL: none */
	enum policy_reason reason;
	enum policy_step step;   /* what is due now */
	enum policy_cause cause; /* of step and next */
	int64_t began;           /* of the warnings for this cause: struct policy_warnings */
	size_t rung;             /* POLICY_WARN: the number of the warning */
	bool may_snooze;         /* POLICY_WARN: its user may ask for more time */
	enum policy_step next;   /* the next step if its user does nothing; POLICY_LEAVE: none, or unknown */
	int64_t next_at;         /* when; for a step that is due: since when */
	int64_t end_at;       /* unless next is POLICY_LEAVE: when the end comes, if every warning is given in time */
	enum policy_step end; /* how the session is ended */
	/* When the earliest of the limits that count now ends it, if each warning is given in time; may be past.  A
	 * missing capability of its system does not change this; a busy session, a clock that was set and a closed
	 * window do. */
	bool due_known;
	int64_t due_at;
};

/* The policies of a run, in their order, with the state of their windows: computed once for all sessions. */
struct policy_moment {
	struct opening when, deadline;
};
struct policy_set {
	const struct policy *policies;
	struct policy_moment *moments; /* one each */
	size_t count;
	int64_t now;
};
/* moments: room for count of them, filled here. */
void policy_set_make(struct policy_set *set, const struct policy *policies, size_t count, struct policy_moment *moments,
                     int64_t now);

struct policy_decision policy_decide(const struct policy_set *set, const struct policy_subject *subject);

/* Whether the policy applies to the session, and whether it exempts it. */
enum match policy_means(const struct policy *policy, const struct policy_subject *subject);
enum match policy_exempts(const struct policy *policy, const struct policy_subject *subject);

/* Reads "sessions > 40" or "memory-available < 20 %", and "busy 5 %". -1: another text; the policy is not changed. */
int policy_while_parse(struct policy *policy, const char *text);
int policy_protect_parse(struct policy *policy, const char *text);

const char *policy_cause_name(enum policy_cause cause);    /* "idle", "disconnected", "length", "deadline" */
const char *policy_step_name(enum policy_step step);       /* "leave", "warn", "disconnect", "log off" */
const char *policy_reason_text(enum policy_reason reason); /* a clause: "it is exempt" */

#endif
