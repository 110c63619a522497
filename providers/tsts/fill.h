/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Converts Windows' information about a session to a struct session. Pure. */
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

/* Session 0 belongs to services, ids from 65536 on are listeners: they have no user and are not queried. */
bool session_of_user(uint32_t id);

/* Is the user's or the domain's name of the maximum length, and so possibly cut? */
bool told_may_be_cut(const struct wire_session *told);
/* Replaces cut names by the whole ones, if these begin alike. */
void told_take_name(struct wire_session *told, const char *user, const char *domain);

/* A session known from the enumeration only. */
void fill_listed(struct session *session, const struct wire_listed *listed, struct arena *arena);

/* A session that was queried. clocked: the host's clock is known; without it times that idle times depend on are
   unknown. */
void fill_session(struct session *session, uint32_t id, const struct wire_session *told, bool clocked,
                  const struct account *account, struct arena *arena);
void fill_client(struct session *session, const struct wire_client *client, struct arena *arena);

#endif
