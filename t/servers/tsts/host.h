/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The played host: sessions from a farm file as sim: plays it, and acts that
 * go into its state, where sim: sees them (doc/design/sim.md).
 */
#ifndef CURFEW_TSTS_HOST_H
#define CURFEW_TSTS_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/target/provider.h"

struct host;
struct hold; /* a session that is held open */

/* What calls answer.  HRESULTs; LegacyApi has NTSTATUS instead. */
enum result {
	RESULT_OK,
	RESULT_ALREADY, /* disconnected already */
	RESULT_UNDER_WAY,
	RESULT_NO_SESSION,
	RESULT_DENIED,
	RESULT_UNABLE,
};
uint32_t result_hresult(enum result result);
uint32_t result_ntstatus(enum result result);

/* The host NAME of the farm file.  NULL, with a line on standard error. */
struct host *host_open(const char *farm, const char *name);
void host_close(struct host *host);
/* Its name in the farm. */
const char *host_name(const struct host *host);

/* How long it takes to answer, ms; INT64_MAX: it never does. */
int64_t host_delay(struct host *host);
/* Whether it lets anybody in. */
enum result host_knock(struct host *host);
/* The whole list; the caller frees it. */
void host_list(struct host *host, struct snapshot *snapshot);
/* One session now; texts in arena. */
bool host_session(struct host *host, uint32_t number, struct session *session, struct arena *arena);
/* The host's own clock, ms since the epoch. */
int64_t host_clock(struct host *host);

enum result host_hold(struct host *host, uint32_t number, struct hold **hold);
void host_release(struct hold *hold);
/* The session as it was when it was opened. */
const struct session *hold_session(const struct hold *hold);
enum result host_act(struct hold *hold, const struct action *action, struct outcome *outcome);

#endif
