/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registry of the conformance test of providers/skeleton, which no program has. */
#include <stddef.h>

#include "lib/collect/worker.h"
#include "lib/target/provider.h"
#include "providers/registry.h"
#include "providers/skeleton/row.h"
#include "providers/skeleton/skeleton.h"

static const struct provider worker = {
    SKELETON_ROW("skeleton+worker"),
    .program = "provider-skeleton",
    WORKER_FUNCTIONS,
};

const struct provider *const provider_registry[] = {
    &skeleton_provider, /* linked in: it needs no library beyond libc */
    &worker,
    NULL,
};
