/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the programs have of avd: a row that starts provider-avd. */
#include "providers/avd/row.h"

#include "lib/collect/worker.h"

WORKER_PROVIDER(avd, AVD_ROW)
