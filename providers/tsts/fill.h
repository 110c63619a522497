/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Windows told about a session becomes a struct session.  Pure. */
#ifndef CURFEW_PROVIDERS_TSTS_FILL_H
#define CURFEW_PROVIDERS_TSTS_FILL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/session/session.h"
#include "providers/tsts/wire.h"

/* The account of the credentials: its sessions are the caller's own.  domain "": unknown. */
struct account {
	const char *user;
	const char *domain;
};

/* Session 0 is services', and ids from 65536 on are listeners: nobody's session, not worth a question. */
bool session_of_user(uint32_t id);

/* Is the user's name or the domain's as long as they can be in told, so that more may follow? */
bool told_may_be_cut(const struct wire_session *told);
/* Puts the whole names in their place, if they begin as the cut ones do. */
void told_take_name(struct wire_session *told, const char *user, const char *domain);

/* A session that only the list told about. */
void fill_listed(struct session *session, const struct wire_listed *listed, struct arena *arena);

/* A session that was asked about.  clocked: the host's clock is known; without it no time that an idle
   time could be reckoned from is. */
void fill_session(struct session *session, uint32_t id, const struct wire_session *told, bool clocked,
                  const struct account *account, struct arena *arena);
void fill_client(struct session *session, const struct wire_client *client, struct arena *arena);

#endif
