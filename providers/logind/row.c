/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the programs have of logind: a row that starts provider-logind. */
#include "providers/logind/row.h"

#include "lib/collect/worker.h"

WORKER_PROVIDER(logind, LOGIND_ROW)
