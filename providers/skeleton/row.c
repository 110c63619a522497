/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the programs have of skeleton: a row that starts provider-skeleton. */
#include "providers/skeleton/row.h"

#include "lib/collect/worker.h"

WORKER_PROVIDER(skeleton, SKELETON_ROW("skeleton"))
