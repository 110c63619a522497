/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the programs have of rds: a row that starts provider-rds. */
#include "providers/rds/row.h"

#include "lib/collect/worker.h"

WORKER_PROVIDER(rds, RDS_ROW)
