/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Acts on a session; the session's user and root may call each. */
#ifndef CURFEW_XRDP_ACT_H
#define CURFEW_XRDP_ACT_H

#include <stdbool.h>

#include "lib/target/provider.h"
#include "providers/xrdp/enumerate.h"

/* One session, held. */
struct held {
	struct found found; /* texts are not copied */
	struct xrdp_process client;
	int pidfd;           /* of found.session */
	const char *folder;  /* xrdp's sockets */
	bool display_opened; /* its X server accepts us */
};

bool held_ended(const struct held *held);

int act_disconnect(struct held *held, struct outcome *outcome, struct error *error);
int act_logoff(struct held *held, const struct action *action, const struct deadline *deadline, struct outcome *outcome,
               struct error *error);
int act_message(struct held *held, const struct action *action, const struct deadline *deadline,
                struct outcome *outcome, struct error *error);

#endif
