/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A farm: hosts and sessions as a file describes them (doc/design/sim.md).  Nothing in here changes after it was read.
 * play.h computes the state at one moment, from the script and from acts.
 */
#ifndef CURFEW_SIM_FARM_H
#define CURFEW_SIM_FARM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/name_index.h"
#include "lib/session/session.h"

/* The fault of a host.  Those behind FAULT_GARBAGE are faults of a worker program; inside another program they are
 * ERROR_PROTOCOL. */
enum fault {
	FAULT_NONE,
	FAULT_HANG,         /* does not answer */
	FAULT_CRASH,        /* the worker dies; inside another program: ERROR_CRASHED */
	FAULT_DENIED,       /* the right is missing */
	FAULT_LOGIN,        /* the credentials are not accepted */
	FAULT_REFUSED,      /* nothing listens */
	FAULT_AWAY,         /* no route */
	FAULT_NO_SUCH_HOST, /* the name does not resolve */
	FAULT_CUT,          /* the second half of the list is missing, and the host says so */
	FAULT_FLICKER,      /* every list has another order and a session that was never seen before */
	FAULT_GARBAGE,      /* a line that is no JSON */
	FAULT_TRUNCATED,    /* half a line, then the end */
	FAULT_WRONG_ID,     /* a reply to a request that was never sent */
	FAULT_TOO_LONG,     /* a line that does not end */
	FAULT_CLOSED,       /* closes its standard output and stays */
	FAULT_STUCK,        /* does not return at its deadline */
};

/* When an event of the script happens. */
enum trigger {
	TRIGGER_TIME, /* at this time after the start */
	TRIGGER_PIN,  /* when the session is pinned for the first time */
	TRIGGER_ACT,  /* directly before the first act on it */
};

enum event_kind {
	EVENT_INPUT,
	EVENT_BUSY, /* input without end */
	EVENT_IDLE, /* no more input */
	EVENT_DISCONNECT,
	EVENT_RECONNECT,
	EVENT_LOGOFF,
	EVENT_LOGON,
	EVENT_USER, /* logged off, and this user gets the id */
	EVENT_LOCK,
	EVENT_UNLOCK,
	EVENT_MESSAGE,
	EVENT_FAULT, /* this and the rest: of hosts */
	EVENT_SKEW,
	EVENT_DELAY,
};

struct event {
	enum trigger trigger;
	int64_t at; /* ms after the start */
	enum event_kind kind;
	enum fault fault;
	int64_t span;       /* ms: EVENT_IDLE (idle for this long already), EVENT_SKEW, EVENT_DELAY */
	const char *user;   /* EVENT_USER */
	const char *source; /* as written; what the state file keeps */
};

struct event_list {
	struct event *items; /* in the order of time */
	size_t count, allocated;
};

/* A time relative to the start of the farm. */
struct offset {
	enum knowledge is;
	int64_t at; /* ms */
};

/* How a host answers acts on a session. */
enum obedience {
	OBEY,
	OBEY_LATE,   /* answers at once, does it after the span */
	OBEY_SLOWLY, /* does it and answers after the span */
	OBEY_IGNORE, /* answers that it was done, and does nothing */
	OBEY_REFUSE, /* ERROR_ACCESS */
	OBEY_UNABLE, /* ERROR_UNSUPPORTED */
	OBEY_HANG,   /* does nothing and does not answer */
	OBEY_CRASH,  /* does it, and the worker dies before the answer */
};

struct farm_session {
	const char *id, *user, *domain, *upn, *station, *client_name, *client_address, *collection, *application;
	const char *birth; /* NULL: derived; "": none */
	bool numbered;
	uint32_t number;
	bool state_given;
	enum session_state state;
	const char *state_text;
	enum session_class class;
	enum session_kind kind;
	enum flag locked, own;
	struct string_list names; /* further ones of the user */
	bool user_cut, domain_cut;
	struct string_list facts; /* "name=value" */
	bool busy;                /* its user types all the time */
	bool inhibited;
	struct span cpu;         /* used before the start */
	unsigned long long load; /* percent of one CPU, from then on */
	bool absent;             /* logged on by the script only */
	struct offset logon, connect, disconnect, last_input;
	bool connect_given;
	enum obedience obedience;
	int64_t obedience_span;
	const char *answer; /* what the user presses; "": nothing */
	int64_t answer_after;
	struct event_list events;
};

struct farm_host {
	const char *name;
	bool range; /* a generator: hosts name + first … name + last */
	uint64_t first, last;
	int64_t delay, skew;
	enum fault fault;
	struct span memory; /* known: so many percent of it are available */
	uint32_t generated; /* sessions that are generated besides the ones in the file */
	struct farm_session *sessions;
	size_t count, allocated;
	struct event_list events;
};

enum farm_start {
	START_FILE,  /* when the farm file was last changed */
	START_FIRST, /* at the first look: kept in the state file */
	START_FIXED, /* at start_at */
};

struct farm {
	struct arena arena; /* owns all of it */
	const char *path;
	const char *state; /* path of the state file, or NULL: store.h finds one */
	enum farm_start start;
	int64_t start_at;  /* START_FIXED, START_FILE: ms since the epoch */
	const char *stamp; /* changes whenever the file does */
	struct farm_host *hosts;
	size_t count, allocated;
	struct name_index names; /* the hosts' */
};

/* Reads it.  Mistakes are ERROR_CONFIG with file:line.  farm_free() in any case. */
int farm_read(struct farm *farm, const char *path, struct error *error);
void farm_free(struct farm *farm);

/* The host of that name; "" means the only one.  -1: there is none (the hint names some).  full_name is its name (in
 * the farm's arena). */
int farm_find(struct farm *farm, const char *name, const struct farm_host **host, const char **full_name,
              struct error *error);

#endif
