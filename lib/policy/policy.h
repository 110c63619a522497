/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A policy says which sessions may stay and which have to go: who is meant and who is exempt, when, how long a session
 * may be idle, disconnected or there at all, and by which steps it is ended: warnings, disconnect, log off.
 *
 * policy_decide() is pure: a session, what is remembered of it, the policies and the time give one decision.  It reads
 * no clock, allocates nothing and cannot fail.  It orders nothing either: what is due goes through the remedy engine
 * (lib/act/remedy.h), which looks again.
 *
 * What is unknown protects.  Nothing ends a session that is exempt or may be, of which the time that counts is not
 * known, that is busy or may be, or whose user was not warned in time, rung by rung.
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

/* Why a session has to go. */
enum policy_cause {
	CAUSE_IDLE,         /* active, too long without input */
	CAUSE_DISCONNECTED, /* too long without a client */
	CAUSE_LENGTH,       /* logged on for too long */
	CAUSE_DEADLINE,     /* no user may be there at this time */
	CAUSE_COUNT,
};

enum policy_step { POLICY_LEAVE, POLICY_WARN, POLICY_DISCONNECT, POLICY_LOGOFF };

/* So many warnings does a policy have at most. */
enum { WARNINGS_MOST = 8 };

struct policy {
	const char *name;

	/* Whom it means: each list that is not empty has to match.  The first policy that means a session is its
	 * policy. */
	struct string_list targets;            /* labels, case aside */
	const struct name_index *target_index; /* of these, as there may be thousands; NULL: they are searched */
	struct string_list users;              /* names_match() */
	struct string_list groups;             /* of the user; case aside */
	struct string_list domains;            /* these four: globs */
	struct string_list clients;            /* name or address */
	struct string_list collections;
	struct string_list kinds;
	enum flag locked; /* FLAG_UNKNOWN: it does not matter */

	/* Whom it means and never touches. */
	struct string_list exempt_users, exempt_groups, exempt_clients;

	/* When: outside of it nothing is done.  The deadlines have windows of their own. */
	struct schedule when;
	struct holidays holidays;
	const char *zone_name;
	const struct zone *zone; /* NULL: UTC */

	/* The limits; of a limit that is not known nothing follows. */
	struct span limit[CAUSE_COUNT];    /* CAUSE_DEADLINE: unused */
	enum policy_step end[CAUSE_COUNT]; /* POLICY_DISCONNECT or POLICY_LOGOFF */
	struct schedule deadline;          /* 0 windows: none; no user stays in a window, warned before it opens */
	bool count_seen;             /* a disconnect time that the host does not tell counts from when we saw it */
	int64_t lead[WARNINGS_MOST]; /* the rungs: warnings so long before the end, the longest first */
	size_t lead_count;
	bool unwarned_too;     /* a warning that cannot be delivered does not stop the end */
	bool protect_busy;     /* whose programs are at work is left alone */
	int64_t busy_over;     /* they are if they use more than so many percent of one CPU */
	bool busy_unknown_too; /* what is unknown does not stop the end */
	/* A user who answers the warning gets so much more time, so often per session. */
	struct span snooze;
	unsigned snooze_most;
	/* Known: only while its host has more user sessions than this, or less of its memory (percent) available, most
	   idle first; not for the deadline. */
	struct span sessions_over, memory_below;
};

/* What the programs did longer ago than this is not measured: a look that is later counts as one after this time. */
enum { BUSY_WINDOW = 15 * 60 * 1000 }; /* ms */

/* What became of one rung's warning. */
enum warning_state { WARNING_NONE, WARNING_GIVEN, WARNING_UNDELIVERED };
/* A system that tells how long ago an input was gives one input two times that differ a little. */
enum { BEGAN_JITTER = 1000 }; /* ms */
/* The warnings that one policy gave for one cause.  They count for this policy, cause and end: what another policy
   announced comes at another time, or is another act. */
struct policy_warnings {
	struct policy_warnings *next; /* of the same session */
	const char *policy;
	enum policy_cause cause;
	enum policy_step end; /* what was announced */
	/* What was warned of: the input, logon (host's clock) or deadline that the limit is counted from. */
	int64_t began;
	struct {
		enum warning_state state;
		int64_t at;     /* the last try */
		int64_t end_at; /* the user was told that the end comes then */
		unsigned tries; /* of this rung; 0 counts as 1 */
	} rung[WARNINGS_MOST];
};

/* What is remembered of one session, by its identity (lib/ledger). */
struct policy_history {
	unsigned looks;                   /* it was seen in so many looks in a row, this one included */
	struct moment state_since;        /* since when we have seen it in the state that it is in */
	int64_t snoozed_until;            /* its user has asked for more time; 0: no */
	unsigned snoozes;                 /* so often */
	struct span cpu_used;             /* CPU time of its programs since the last look, */
	int64_t cpu_over;                 /* which was so long ago */
	struct policy_warnings *warnings; /* NULL: none */
};

/* One session and what is known around it. */
struct policy_subject {
	const char *target; /* its label */
	const struct snapshot *snapshot;
	const struct session *session;
	unsigned capabilities;            /* of its provider for this target: CAN_MESSAGE … */
	const struct string_list *groups; /* of its user; NULL: unknown */
	const struct policy_history *history;
	bool clock_unsteady;       /* the host's clock was moved since the last look, or ours */
	struct span host_sessions; /* the user sessions of its host, if the list is whole */
	size_t more_idle;          /* so many of those that may have to go have been unused for longer */
};

/* Why a decision is as it is. */
enum policy_reason {
	WHY_DUE,             /* the step is due now */
	WHY_EARLY,           /* `next` is due at next_at */
	WHY_UNDELIVERED,     /* its warning could not be delivered; the next try is at next_at */
	WHY_NO_LIMIT,        /* no limit of its policy is about a session in this state */
	WHY_NONE_MEANS,      /* no policy means it */
	WHY_MEANING_UNKNOWN, /* whether a policy means it is unknown */
	WHY_NO_USER,         /* not a user session */
	WHY_OWN,             /* the caller's own */
	WHY_NO_BIRTH,        /* cannot be distinguished from a later one with its id */
	WHY_INCOMPLETE,      /* the list was cut short */
	WHY_EXEMPT,
	WHY_EXEMPT_UNKNOWN, /* whether it is exempt is unknown */
	WHY_STATE_UNKNOWN,
	WHY_TIME_UNKNOWN, /* the time that counts is not known */
	WHY_CLOSED,       /* outside of the policy's times */
	WHY_CLOSING,      /* the window closes before the end could come */
	WHY_NO_WARNING,   /* its system has no messages */
	WHY_UNSUPPORTED,  /* its system has no such act */
	WHY_NO_PRESSURE,  /* its host has the room, or that is unknown, or it is not among the most idle */
	WHY_BUSY,
	WHY_BUSY_UNKNOWN,
	WHY_FIRST_LOOK, /* one look is not enough to end it */
	WHY_CLOCK,      /* a clock was moved since the last look */
};

struct policy_decision {
	const struct policy *policy; /* NULL: none */
	enum policy_reason reason;
	enum policy_step step;   /* what is due now */
	enum policy_cause cause; /* of step and next */
	int64_t began;           /* of the warnings for this cause: struct policy_warnings */
	size_t rung;             /* POLICY_WARN: the number of the warning */
	bool may_snooze;         /* POLICY_WARN: its user may ask for more time */
	enum policy_step next;   /* what comes if nobody does anything; POLICY_LEAVE: nothing, or it is unknown */
	int64_t next_at;         /* when; of a step that is due, since when */
	int64_t end_at;          /* next is not POLICY_LEAVE: the end comes then, if every warning is given in time */
	enum policy_step end;    /* what the end is */
	/* When a limit was, or is, to end it, if each warning comes in time: of those that count now, the earliest.
	 * What its system cannot do is no excuse here; a busy session, a moved clock and a closed window are. */
	bool due_known;
	int64_t due_at;
};

/* The policies of a run, in their order, and what their clocks say: made once for all sessions. */
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

/* Does the policy mean the session?  Is it exempt?  YES, NO or UNKNOWN. */
enum match policy_means(const struct policy *policy, const struct policy_subject *subject);
enum match policy_exempts(const struct policy *policy, const struct policy_subject *subject);

/* "sessions > 40" or "memory-available < 20 %"; "busy 5 %".  -1: it is neither, and the policy is as it was. */
int policy_while_parse(struct policy *policy, const char *text);
int policy_protect_parse(struct policy *policy, const char *text);

const char *policy_cause_name(enum policy_cause cause);    /* "idle", "disconnected", "length", "deadline" */
const char *policy_step_name(enum policy_step step);       /* "leave", "warn", "disconnect", "log off" */
const char *policy_reason_text(enum policy_reason reason); /* a clause: "it is exempt" */

#endif
