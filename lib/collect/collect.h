/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fan-out: lists many targets of any providers, each up to its deadline.  A worker that hangs, crashes or breaks the
 * protocol costs only its own targets: past its deadline it is killed, and after a crash its unfinished targets are
 * tried again, one per process.
 */
#ifndef CURFEW_COLLECT_H
#define CURFEW_COLLECT_H

#include "lib/target/provider.h"

#include <stddef.h>
#include <stdint.h>

#include "lib/base/clock.h"
#include "lib/collect/collect_options.h"

/* When it returns, every visit is finished.  visits[i].target must be set, and the rest zero except needs;
 * visit_init() does that, with everything needed.  Free each with visit_free(). */
void collect(struct visit *visits, size_t count, const struct collect_options *options);
void visit_init(struct visit *visit, const struct target *target);
void visit_free(struct visit *visit);

/* The same for a program's targets, with progress on a terminal.  Returns one visit per target, in their order, to
 * be freed with visits_free(); needs as in struct visit. */
struct visit *collect_targets(const struct target *targets, size_t count, int64_t target_timeout,
                              struct deadline overall, unsigned needs);
void visits_free(struct visit *visits, size_t count);

#endif
