/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The act path without processes: a played provider says what each pin, act and
 * later look finds; what was told and done is compared with what should be.
 */
#ifndef CURFEW_TEST_PLAYED_H
#define CURFEW_TEST_PLAYED_H

#include "t/unit/test.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/act/remedy.h"
#include "lib/base/error.h"
#include "lib/config/settings.h"
#include "lib/session/session.h"
#include "lib/target/target.h"

/* What the played host answers, in turn; the last answer is given again and again. */
enum pin_answer {
	PIN_SAME,
	PIN_GONE,
	PIN_LOST,
	PIN_LATE,
	PIN_GARBLED,
	PIN_BUSY,
	PIN_OTHER_USER,
	PIN_DISCONNECTED,
	PIN_INPUT
};
enum act_answer { ACT_OBEYS, ACT_LOST, ACT_REFUSES, ACT_CHANGED, ACT_IS_GONE };

struct play {
	enum pin_answer pins[8];
	size_t pin_count, pinned;
	int64_t pin_delays[8]; /* ms */
	int64_t act_times[4];  /* ms that each act was given */
	size_t acted;
	enum act_answer act;
	int open_fails_at; /* the number of the open() that fails; 0: none */
	int opens;
	int64_t now;
	size_t sessions;  /* on the host; 0 is 1 */
	const char *host; /* its name; NULL is ts01 */
	bool stop_at_act;
	bool complete_not;
	void (*heard)(const struct remedy_event *event);        /* what the observer does besides */
	bool audit_garbled;                                     /* by the test: it has lines that are no JSON */
	void (*listed)(struct session *session, size_t number); /* what is different in the list */
	void (*at_act)(void);                                   /* what happens meanwhile */
	char folder[64];
	bool disk_full;       /* from the first act on */
	int64_t stall_intent; /* ms that the disk takes for the intent */
	char ops[512];        /* what was called: "open pin act unpin …" */
};
extern struct play play;

/* One run and what it left behind. */
struct scene {
	char folder[64];
	struct settings settings;
	struct target target;
	struct remedy_order order;
	int status;
	char told[256];        /* the observer: "listed planned begin intent result end" */
	enum remedy_news veto; /* the observer fails at this; NEWS_LISTED: at nothing */
	bool veto_list;
	struct remedy_tally tally;
	char events[256]; /* of the audit: "plan intent result end" */
	char outcome[32]; /* of the last audit line that has one */
	char reason[160]; /* the same line's */
};

/* Set-up and clean-up of a test; a test of many cases calls both between two of them. */
int scene_begin(void **state);
int scene_end(void **state);

/* One run of the scene's order, and what it left behind. */
void scene_run(struct scene *scene, enum act_answer act, size_t count, const enum pin_answer *pins);
#define PINS(...)                                                                                                      \
	COUNT(((enum pin_answer[]){__VA_ARGS__})), (enum pin_answer[])                                                 \
	{                                                                                                              \
		__VA_ARGS__                                                                                            \
	}

/* What the audit has now; scene_run() does it itself. */
void scene_read(struct scene *scene);

/* The observer of scene_run(). */
int scene_tell(void *context, const struct remedy_event *event, struct error *error);

/* The session that the played host has: id 3, of alice. */
void session_played(struct session *session, enum pin_answer answer);

/* How often was this called on the played host? */
size_t times(const char *op);

/* In the place of a file that the run needs stands something that is none. */
void put_pipe(const char *name);

#endif
