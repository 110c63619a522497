/* SPDX-License-Identifier: GPL-3.0-or-later */
/* local: is every Linux provider that applies to this machine, one snapshot. */
#ifndef CURFEW_PROVIDERS_LOCAL_LOCAL_H
#define CURFEW_PROVIDERS_LOCAL_LOCAL_H

#include "lib/target/provider.h"

extern const struct provider local_provider;

#endif
