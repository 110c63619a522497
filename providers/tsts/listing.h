/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of a list in progress (list.c), and the snapshot made of it. */
#ifndef CURFEW_PROVIDERS_TSTS_LISTING_H
#define CURFEW_PROVIDERS_TSTS_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/session/session.h"
#include "providers/tsts/host.h"
#include "providers/tsts/pace.h"
#include "providers/tsts/samba.h"
#include "providers/tsts/wire.h"

enum asked {
	ASKED_NOT, /* no session of a user */
	ASKED_TOLD,
	ASKED_GONE, /* it ended meanwhile */
	ASKED_DENIED,
};

struct detail {
	enum asked asked;
	struct wire_session told;
	bool has_client;
	struct wire_client client;
};

/* One pass over the sessions: a call for each that needs one, as many at once as the pace allows. */
struct pass {
	size_t next, waiting;
	struct pace pace;
};

struct listing {
	struct host *host;
	struct snapshot *snapshot;
	struct wire_handle handle;
	struct wire_listed *listed;
	struct detail *details;
	size_t count;
	bool wants_clients;
	bool enumerated;    /* the first pass can begin */
	bool count_settled; /* the host's count of users is known or failed */
	bool counted_again;
	uint32_t logged_on;  /* 0: none, or unknown */
	bool client_settled; /* the pipe for client data is open or failed */
	struct pass sessions, clients;
	int64_t asked, latency;             /* when the list was asked for, and how long its answer took, ms */
	struct tevent_timer *clients_timer; /* with the second pass */
	size_t denied, clients_denied;
	uint32_t denied_with;
};

/* Does this session have a client that somebody wants to know? */
bool listing_wants_client(const struct listing *listing, size_t index);
/* The number of sessions that may be a user's. */
size_t listing_shown(const struct listing *listing);
/* Windows silently omits sessions without the QUERY right; every host has a session 0. */
bool listing_sees_services(const struct listing *listing);

/* Fills the snapshot when all replies are there. */
void listing_fill(struct listing *listing);

#endif
