/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the programs have of local: a row that starts provider-local. */
#include "providers/local/row.h"

#include "lib/collect/worker.h"

WORKER_PROVIDER(local, LOCAL_ROW)
