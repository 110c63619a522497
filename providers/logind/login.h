/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A login as logind (or utmp) reports it, and the session that is made of it.  Both functions are pure.
 */
#ifndef CURFEW_PROVIDERS_LOGIND_LOGIN_H
#define CURFEW_PROVIDERS_LOGIND_LOGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/session/session.h"

/* The words are those of org.freedesktop.login1.Session; utmp.c uses the same.  Texts are "" if absent, and belong
 * to the maker of the login. */
struct login {
	const char *id;
	const char *name;
	const char *birth;
	const char *line;        /* terminal below /dev: "pts/3" */
	const char *display;     /* X display: ":10" */
	const char *remote_host; /* a name or an address */
	const char *seat;
	const char *type;    /* tty, x11, wayland, mir, web, unspecified */
	const char *class;   /* user, greeter, manager, background … */
	const char *state;   /* opening, online, active, closing */
	const char *desktop; /* GNOME, KDE … */
	const char *scope;   /* systemd unit; elogind has none */
	size_t name_size;    /* of a field that cuts names; 0: they are complete */
	uint32_t uid;        /* -1: not known */
	uint32_t leader;
	bool remote;
	bool idle_hint;
	bool locked_hint;
	uint64_t logon;          /* µs since the epoch; 0: unknown */
	uint64_t idle_since;     /* µs since the epoch, as the idle hint's source has it; 0: unknown */
	struct moment tty_input; /* newest input of all terminals of the session's processes */
	bool own;                /* as in struct session; so are the next two */
	bool inhibited;
	struct span cpu_time;
	struct span memory; /* bytes */
};

void login_init(struct login *login); /* every text "" */

/* Fills a session that snapshot_add() or session_init() made; texts go to the arena. */
void login_to_session(const struct login *login, int64_t now, struct session *session, struct arena *arena);

#endif
