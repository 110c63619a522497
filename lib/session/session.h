/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A session and a snapshot: what a provider reports about one host at one moment.
 *
 * Fields follow the WTS API's WTSINFOEX (MS-TSTS 2.2.2.1.1.1.x, LSM session
 * information), which is the richest of the systems read; others leave more
 * unknown.  A text that is not known or does not apply is "" and never NULL.
 * All text is valid UTF-8 (lib/base/text.h) and belongs to the snapshot's arena.
 */
#ifndef CURFEW_SESSION_H
#define CURFEW_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"

/* A time on the *host's* clock that may not be known, or may never have come. */
enum knowledge {
	MOMENT_UNKNOWN,
	MOMENT_KNOWN,
	MOMENT_NEVER, /* e.g. the disconnect time of a session that was never disconnected */
};

struct moment {
	enum knowledge is;
	int64_t at; /* ms since the epoch; only if is == MOMENT_KNOWN */
};

/* A length of time; it may be unknown. */
struct span {
	bool known;
	int64_t length; /* ms, >= 0 */
};

enum flag {
	FLAG_UNKNOWN,
	FLAG_NO,
	FLAG_YES,
};

/* WTS_CONNECTSTATE_CLASS (MS-TSTS 2.2.1.9), same numbers.  WTS's "Idle" means
   waiting for a client, not a user without input, so it is called waiting here. */
enum session_state {
	STATE_ACTIVE = 0,
	STATE_CONNECTED = 1, /* a client, no user logged on yet */
	STATE_CONNECT_QUERY = 2,
	STATE_SHADOW = 3,
	STATE_DISCONNECTED = 4,
	STATE_WAITING = 5,
	STATE_LISTEN = 6,
	STATE_RESET = 7,
	STATE_DOWN = 8,
	STATE_INIT = 9,
	STATE_OTHER = 99, /* state_text has the back end's own word */
};

enum session_class {
	CLASS_NONE,     /* no user is logged on */
	CLASS_USER,     /* a person's remote session: the only class that is counted and acted on */
	CLASS_CONSOLE,  /* the physical console or seat */
	CLASS_SERVICES, /* session 0, system and background sessions */
	CLASS_LISTENER, /* a port waiting for clients */
	CLASS_GHOST,    /* a broker lists it, but its host does not have it, or does not answer */
};

enum session_kind {
	KIND_UNKNOWN,
	KIND_DESKTOP,
	KIND_REMOTE_APP,
	KIND_SHELL,
};

struct session {
	/* Who it is.  (provider, host, id, user, birth) is its identity. */
	const char *provider; /* scheme: "xrdp" */
	const char *host;     /* the acting host: the machine the session runs on */
	const char *id;       /* the back end's own id, opaque, in the back end's case */
	const char *user;
	const char *birth; /* exact token of this session (logon FILETIME, pid + start ticks, ShellId …); "": it
	                    * could be confused with a later session, and is never acted on */
	bool numbered;     /* number is valid: the WTS id or another 32-bit id of the back end */
	uint32_t number;

	const char *domain;
	const char *upn;
	bool upn_derived;         /* upn was made of the account name by the configuration; it may differ */
	bool user_cut;            /* the system cuts names at this length: user may be incomplete */
	bool domain_cut;          /* likewise */
	struct string_list names; /* further names of the user: "CORP\alice", "alice@corp.example", "uid:1000" */
	const char *station;      /* WinStation, display ":10", tty */
	const char *client_name;
	const char *client_address; /* numeric, without port */
	const char *collection;     /* RDS collection or AVD host pool */
	const char *application;    /* remote app or shell */

	enum session_state state;
	const char *state_text; /* the back end's word where it says more than state, else "" */
	enum session_class class;
	enum session_kind kind;
	enum flag locked;
	bool inhibited;       /* one of its programs blocks the host's sleep, shutdown or idle action */
	struct span cpu_time; /* of its programs, since any moment: only its growth has a meaning */
	enum flag own;        /* the caller lives in it, or it is of the caller's own account: never acted on */

	struct moment logon_time;
	struct moment connect_time;
	struct moment disconnect_time; /* of the present disconnection; MOMENT_NEVER while connected */
	struct moment last_input;      /* a reconnect counts as input, a client's keep-alive does not */
	int64_t clock_ahead; /* ms that the clock of these times is ahead of the snapshot's; 0: the same clock */

	/* Anything else that the back end reported, as "name=value", for readers of the JSON.  No decision depends
	 * on it. */
	struct string_list facts;
};

/* The answer of a provider about one target. */
struct snapshot {
	struct arena arena; /* owns sessions, texts, notices */
	const char *provider;
	const char *host;
	int64_t now;                             /* the host's own clock when it answered, ms since the epoch */
	int64_t taken_at;                        /* our clock at that moment; now - taken_at is the skew */
	bool complete;                           /* false: sessions may be missing; nothing is selected from it */
	uint64_t memory_total, memory_available; /* KiB, of the host; total 0: unknown */
	struct session *sessions;
	size_t count;
	size_t allocated;
	struct string_list notices; /* what could not be read and why, one sentence each */
	struct string_list hosts;   /* of a pool that its system lists, in use or not; named as in its sessions */
};

void snapshot_init(struct snapshot *snapshot); /* empty, complete, texts "" */
void snapshot_free(struct snapshot *snapshot);
/* Adds a session at the end, with every text "", everything unknown, and the snapshot's host and provider.  The
 * pointer is valid until the next call. */
struct session *snapshot_add(struct snapshot *snapshot);
void snapshot_notice(struct snapshot *snapshot, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The most facts of a session, and the most letters of a fact's name: a-z, 0-9 and '_'. */
enum { FACT_LIMIT = 64 };
bool session_fact_name(const char *name);

/* Clears a session: every text "", everything unknown. */
void session_init(struct session *session);
/* For systems that do not count a reconnect as input: sets the last input to the connect time if that is later. */
void session_count_reconnect(struct session *session);
/* A deep copy of one session; its texts are in the given arena. */
void session_copy(struct session *to, const struct session *from, struct arena *arena);
/* True for the same provider, host, id, user and birth.  False if there is no birth. */
bool session_same_identity(const struct session *a, const struct session *b);

/* "DOMAIN\user" or "user", each part escaped for output. */
void session_show_user(struct buffer *out, const struct session *session);
/* "HOST id ID" and the user. */
void session_show(struct buffer *out, const struct session *session);

struct moment moment_at(int64_t when);
bool moment_equal(struct moment a, struct moment b);

/* The words of the JSON form, the table and --state/--kind/--class, in the order of --help, with a NULL at the end.
   The parsers return 0, or -1 for an unknown word; "idle" is a word of --state alone. */
extern const char *const session_state_words[], *const session_class_words[], *const session_kind_words[];
const char *session_state_name(enum session_state state);
const char *session_class_name(enum session_class class);
const char *session_kind_name(enum session_kind kind);
int session_state_parse(const char *name, enum session_state *state);
int session_class_parse(const char *name, enum session_class *class);
int session_kind_parse(const char *name, enum session_kind *kind);

#endif
