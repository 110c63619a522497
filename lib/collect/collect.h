/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fan-out: list many targets, whatever their providers, each by its deadline.
 *
 * A hung, crashed or lying worker costs its targets, never the run: a worker
 * past its deadline is killed, and after a crash its unfinished targets are run
 * again, one per process.
 */
#ifndef CURFEW_COLLECT_H
#define CURFEW_COLLECT_H

#include "lib/target/provider.h"

#include <stddef.h>
#include <stdint.h>

#include "lib/base/clock.h"

struct collect_options {
	int64_t target_timeout;  /* ms per target */
	struct deadline overall; /* for the whole run */
	unsigned processes;      /* how many worker processes per provider without MANY_HOSTS; 0 = 8 */
	visit_done *progress;    /* called once per finished visit; may be NULL */
	void *context;
};

/* Afterwards every visit is finished.  visits[i].target must be set, the rest zero but for its needs;
   visit_init() does that, and says that everything is needed.  Free each with visit_free(). */
void collect(struct visit *visits, size_t count, const struct collect_options *options);
void visit_init(struct visit *visit, const struct target *target);
void visit_free(struct visit *visit);

/* The same for a program's targets, with progress on a terminal: a visit each, in their order; needs as in
   struct visit.  The caller frees them with visits_free(). */
struct visit *collect_targets(const struct target *targets, size_t count, int64_t target_timeout,
                              struct deadline overall, unsigned needs);
void visits_free(struct visit *visits, size_t count);

#endif
