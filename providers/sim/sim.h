/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The provider "sim": a farm played from a file (doc/design/sim.md). */
#ifndef CURFEW_SIM_H
#define CURFEW_SIM_H

#include <stdint.h>

#include "lib/base/error.h"
#include "lib/target/provider.h"
#include "providers/sim/farm.h"

extern const struct provider sim_provider;        /* linked in */
extern const struct provider sim_worker_provider; /* sim+worker: the same in a worker program */

/* Called by the worker program: here a fault may break the process and its protocol. */
void sim_faults_in_worker(void);

/* Applies the host's fault to a call at this step.  0: no fault, go on. */
int sim_fault(enum fault fault, const char *host, enum step step, struct error *error);
/* Ends a worker program in the middle of something. */
int sim_crash(const char *host, enum step step, struct error *error);

/* Sleeps until then (monotonic ms) or the deadline; -1: the deadline came first (ERROR_TIMEOUT). */
int sim_wait(int64_t until, const struct deadline *deadline, const char *host, enum step step, struct error *error);

#endif
