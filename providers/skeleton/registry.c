/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In place of providers/registry.c: nobody wants the skeleton in a program. */
#include "providers/skeleton/skeleton.h"

const struct provider *const providers[] = {
    &skeleton_provider,
    &skeleton_worker_provider,
    NULL,
};
