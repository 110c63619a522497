/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the programs have of tsts: a row that starts provider-tsts. */
#include "providers/tsts/row.h"

#include "lib/collect/worker.h"

WORKER_PROVIDER(tsts, TSTS_ROW)
