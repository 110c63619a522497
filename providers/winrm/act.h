/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ends a shell: Disconnect and Delete. */
#ifndef CURFEW_PROVIDERS_WINRM_ACT_H
#define CURFEW_PROVIDERS_WINRM_ACT_H

#include "providers/winrm/host.h"

#include "lib/base/arena.h"

/* One shell that was looked up. */
struct found {
	struct host *host;
	struct arena arena;
	const char *id;
	const char *resource; /* what its requests are addressed to; "": the host did not say */
};

/* Sends the order once and waits for the answer. */
int act_run(const struct found *found, const struct action *action, const struct deadline *deadline,
            struct outcome *outcome, struct error *error);

#endif
