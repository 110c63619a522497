/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The row of logind for the programs: it starts provider-logind. */
#include "providers/logind/row.h"

#include "lib/collect/worker.h"

WORKER_PROVIDER(logind, LOGIND_ROW)
