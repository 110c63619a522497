/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session systems of this build.  Each program passes the list to the core, which has none of its own. */
#ifndef CURFEW_PROVIDERS_REGISTRY_H
#define CURFEW_PROVIDERS_REGISTRY_H

#include "lib/target/provider.h"

extern const struct provider *const provider_registry[]; /* ends in NULL */

#endif
