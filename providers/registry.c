/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every session system Curfew can reach.  To add one, add a row. */
#include "autoconfig.h"

#include <stddef.h>

#include "lib/provider.h"

const struct provider *const providers[] = {
    NULL,
};
