/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The part of lib/collect that has worker processes. */
#ifndef CURFEW_COLLECT_WORKERS_H
#define CURFEW_COLLECT_WORKERS_H

#include <stddef.h>

#include "lib/collect/collect_options.h"
#include "lib/target/provider.h"

/* Lists every visit through processes, several providers at once; a linked-in provider runs in a child process. */
void collect_workers(struct visit *visits, size_t count, const struct collect_options *options);

#endif
