/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the programs have of winrm: a row that starts provider-winrm. */
#include "providers/winrm/row.h"

#include "lib/collect/worker.h"

WORKER_PROVIDER(winrm, WINRM_ROW)
