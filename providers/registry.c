/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every session system Curfew can reach.  To add one, add a row. */
#include "autoconfig.h"

#include <stddef.h>

#include "lib/provider.h"
#ifdef PROVIDER_SIM
#include "providers/sim/sim.h"
#endif

const struct provider *const providers[] = {
#ifdef PROVIDER_SIM
    &sim_provider,
    &sim_worker_provider,
#endif
    NULL,
};
