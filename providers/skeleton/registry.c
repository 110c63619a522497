/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In place of providers/registry.c, for the conformance test: nobody wants the skeleton in a
   program.  A real provider is there once, linked in or as a worker program's row. */
#include <stddef.h>

#include "lib/collect/worker.h"
#include "lib/target/provider.h"
#include "providers/skeleton/skeleton.h"

/* A worker program: this row is all that the programs know of it. */
static const struct provider worker_row = {
    SKELETON_ROW("skeleton+worker"),
    .program = "provider-skeleton",
    WORKER_FUNCTIONS,
};

const struct provider *const providers[] = {
    &skeleton_provider, /* linked in: it needs no library beyond libc */
    &worker_row,
    NULL,
};
