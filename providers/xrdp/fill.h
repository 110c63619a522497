/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes a session of what was found. */
#ifndef CURFEW_XRDP_FILL_H
#define CURFEW_XRDP_FILL_H

#include <stdint.h>

#include "lib/session/session.h"
#include "providers/xrdp/enumerate.h"
#include "providers/xrdp/idle.h"

/* What all sessions of one list have in common. */
struct look {
	const struct scene *scene;
	const char *boot; /* boot_id_read() */
	const char *log;  /* client_log_read() */
	int64_t now;      /* ms */
};

/* Texts go to the arena.  input may be NULL: it could not be read. */
void fill_session(struct session *session, struct arena *arena, const struct look *look, const struct found *found,
                  const struct idle_question *input);

/* The time of the last input: the later of the X server's value and the connect, which counts as input, too.
 * newest_client: the start of the newest process that could serve the client, if it is unknown which does. */
struct moment last_input(enum presence presence, struct moment input, struct moment connect,
                         struct moment newest_client);

#endif
