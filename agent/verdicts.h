/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The decisions of the policies about each session.  Policies need SQLite and GLib, which the agent does not load:
 * beside each poll it runs curfew-foresee, the program behind check_sessions --policy.
 */
#ifndef CURFEW_VERDICTS_H
#define CURFEW_VERDICTS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/child/child.h"
#include "lib/config/settings.h"
#include "lib/session/session.h"

/* CurfewStep of the MIB. */
enum verdict_step { VERDICT_LEAVE = 1, VERDICT_WARN, VERDICT_DISCONNECT, VERDICT_LOGOFF };

struct verdict {
	uint64_t who; /* hash of host, id, user and birth */
	const char *policy, *reason;
	enum verdict_step step;
	struct moment end_at; /* known: its end if nothing changes */
	int64_t due;          /* ms until then, as of the report; 0: it is over */
};

struct verdicts {
	struct child child;
	json_t *report; /* owns the texts */
	struct verdict *items;
	size_t count, room;
};

/* Starts curfew-foresee. */
int verdicts_begin(struct verdicts *verdicts, const struct settings *settings, struct error *error);
/* Waits for the answer, at most until the deadline. */
int verdicts_take(struct verdicts *verdicts, const struct deadline *deadline, struct error *error);
/* NULL: no policy matches this session, or nothing is known. */
const struct verdict *verdicts_find(const struct verdicts *verdicts, const struct session *session);

#endif
