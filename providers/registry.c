/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every session system that this build has: configure makes PROVIDERS of the lines of providers/providers.mk. */
#include "autoconfig.h"

#include "providers/registry.h"

#include <stddef.h>

#define PROVIDER(name) extern const struct provider name##_provider;
PROVIDERS
#undef PROVIDER

#define PROVIDER(name) &name##_provider,
const struct provider *const provider_registry[] = {PROVIDERS NULL};
