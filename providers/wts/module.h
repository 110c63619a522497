/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A WTSAPI module as the provider sees it.  On the other side of this header is
 * WinPR, whose names clash with lib/base/error.h; neither includes the other.
 *
 * A module may say anything.  Counts, sizes and numbers are checked before they
 * are used; a pointer that leads nowhere cannot be, and costs this process, which
 * has this one target.
 */
#ifndef CURFEW_PROVIDERS_WTS_MODULE_H
#define CURFEW_PROVIDERS_WTS_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"

struct module;

enum module_fault {
	MODULE_UNUSABLE, /* cannot be loaded, or is no such module */
	MODULE_FAILED,   /* it returned FALSE; code is what it set */
	MODULE_LIES,     /* what it returned cannot be */
};

struct module_error {
	enum module_fault fault;
	unsigned long code; /* the last error; 0: it set none */
	char text[200];
};

/* What it tells of one session.  Texts are clean UTF-8 and never NULL. */
struct reported {
	uint32_t id, state;
	const char *station, *host, *user, *domain, *farm, *client_name, *client_address, *program;
	uint64_t logon, connect, disconnect, last_input, now; /* FILETIME; 0: not reported */
	bool flags_known;
	uint32_t flags;           /* WTS_SESSIONSTATE_… */
	int protocol;             /* WTS_PROTOCOL_TYPE_…; -1: not reported */
	struct string_list facts; /* of the client, under the names that tsts has for them */
};

/* server: as WTSOpenServer() takes it, or NULL.  0 or -1. */
int module_open(struct module **module, const char *path, const char *server, struct module_error *error);
int module_list(struct module *module, struct reported **reported, size_t *count, struct arena *arena,
                struct module_error *error);
void module_close(struct module *module);

enum module_act { MODULE_DISCONNECT, MODULE_LOGOFF };
int module_act(struct module *module, enum module_act act, uint32_t id, struct module_error *error);

/* *answer: the button's number, or one of these.  wait: seconds for an answer; 0: none is waited for. */
enum { ANSWER_TIMEOUT = 32000, ANSWER_NOT_ASKED = 32001 };
int module_message(struct module *module, uint32_t id, const char *title, const char *text, unsigned wait,
                   unsigned *answer, struct module_error *error);

/* Last errors that mean something here. */
enum {
	CODE_NO_SESSION = 2,
	CODE_ACCESS = 5,
	CODE_UNSUPPORTED = 50,
	CODE_NOT_IMPLEMENTED = 120,
	CODE_TIMEOUT = 1460,
	CODE_NO_STATION = 7022
};

#endif
