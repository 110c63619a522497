/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The row of local for the programs: it starts provider-local. */
#include "providers/local/row.h"

#include "lib/collect/worker.h"

WORKER_PROVIDER(local, LOCAL_ROW)
