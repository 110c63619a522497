/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the programs have of wts: a row that starts provider-wts. */
#include "providers/wts/row.h"

#include "lib/collect/worker.h"

WORKER_PROVIDER(wts, WTS_ROW)
