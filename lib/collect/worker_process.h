/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A provider's worker as a child process (lib/child/child.h) that speaks our protocol (lib/child/protocol.h). */
#ifndef CURFEW_WORKER_PROCESS_H
#define CURFEW_WORKER_PROCESS_H

#include "lib/base/error.h"
#include "lib/child/child.h"
#include "lib/target/provider.h"

/* ms */
enum {
	WORKER_ANSWER_GRACE = 500, /* to answer after the deadline ... */
	WORKER_TARGET_GRACE = 20,  /* ... and this for each target of the request */
	WORKER_STATUS_WAIT = 50,   /* for the exit status, once the output has closed */
};

/* Starts the provider's worker program; for a linked-in provider a child of this program.  0, or -1 and there is
 * nothing to clean up. */
int worker_start(struct child *worker, const struct provider *provider, struct error *error);

/* Ends a worker whose output ended before everything was answered; *error gets the best known reason. */
void worker_lost(struct child *worker, enum step step, struct error *error);

#endif
