/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every session system Curfew can reach.  To add one, add a row. */
#include "autoconfig.h"

#include <stddef.h>

#include "lib/collect/worker.h"
#include "lib/target/provider.h"
#ifdef PROVIDER_AVD
#include "providers/avd/row.h"
#endif
#ifdef PROVIDER_LOCAL
#include "providers/local/row.h"
#endif
#ifdef PROVIDER_LOGIND
#include "providers/logind/row.h"
#endif
#ifdef PROVIDER_RDS
#include "providers/rds/row.h"
#endif
#ifdef PROVIDER_SIM
#include "providers/sim/sim.h"
#endif
#ifdef PROVIDER_TSTS
#include "providers/tsts/row.h"
#endif
#ifdef PROVIDER_WINRM
#include "providers/winrm/row.h"
#endif
#ifdef PROVIDER_WTS
#include "providers/wts/row.h"
#endif
#ifdef PROVIDER_XRDP
#include "providers/xrdp/xrdp.h"
#endif

#ifdef PROVIDER_AVD
static const struct provider avd_row = {AVD_ROW, .program = "provider-avd", WORKER_FUNCTIONS};
#endif
#ifdef PROVIDER_LOCAL
static const struct provider local_row = {LOCAL_ROW, .program = "provider-local", WORKER_FUNCTIONS};
#endif
#ifdef PROVIDER_LOGIND
static const struct provider logind_row = {LOGIND_ROW, .program = "provider-logind", WORKER_FUNCTIONS};
#endif
#ifdef PROVIDER_RDS
static const struct provider rds_row = {RDS_ROW, .program = "provider-rds", WORKER_FUNCTIONS};
#endif
#ifdef PROVIDER_TSTS
static const struct provider tsts_row = {TSTS_ROW, .program = "provider-tsts", WORKER_FUNCTIONS};
#endif
#ifdef PROVIDER_WINRM
static const struct provider winrm_row = {WINRM_ROW, .program = "provider-winrm", WORKER_FUNCTIONS};
#endif
#ifdef PROVIDER_WTS
static const struct provider wts_row = {WTS_ROW, .program = "provider-wts", WORKER_FUNCTIONS};
#endif

const struct provider *const providers[] = {
#ifdef PROVIDER_AVD
    &avd_row,
#endif
#ifdef PROVIDER_LOCAL
    &local_row,
#endif
#ifdef PROVIDER_LOGIND
    &logind_row,
#endif
#ifdef PROVIDER_RDS
    &rds_row,
#endif
#ifdef PROVIDER_SIM
    &sim_provider,  &sim_worker_provider,
#endif
#ifdef PROVIDER_TSTS
    &tsts_row,
#endif
#ifdef PROVIDER_WINRM
    &winrm_row,
#endif
#ifdef PROVIDER_WTS
    &wts_row,
#endif
#ifdef PROVIDER_XRDP
    &xrdp_provider,
#endif
    NULL,
};
