/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes a notification of a line of the audit (doc/audit.md): done, refused or failed. */
#ifndef CURFEW_TRAP_ACT_H
#define CURFEW_TRAP_ACT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/trap.h"

/* CurfewAct of the MIB. */
enum act_number { ACT_NONE = 1, ACT_MESSAGED, ACT_DISCONNECTED, ACT_LOGGED_OFF };
enum act_number act_number_of(const char *action);

/* false: this line has no notification (a plan, an intent, an end, an order that is not seen to be done yet). */
bool trap_of_audit(struct trap *trap, const json_t *line);

/* A timer's runs repeat a refusal or a limit again and again; it is sent once an hour. */
enum { REPEATS = 256 };
struct repeats {
	struct repeat {
		uint64_t what;
		int64_t until; /* monotonic ms */
	} sent[REPEATS];
	size_t next;
};
/* True if it was sent within the hour; else it counts as sent from now on. */
bool repeats_sent(struct repeats *repeats, const json_t *line, int64_t monotonic);

#endif
