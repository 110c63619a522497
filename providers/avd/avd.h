/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Azure Virtual Desktop through Azure Resource Manager (doc/design/avd.md). */
#ifndef CURFEW_PROVIDERS_AVD_AVD_H
#define CURFEW_PROVIDERS_AVD_AVD_H

#include "lib/target/provider.h"

#include <stddef.h>

extern const struct provider avd_provider;

void avd_list_many(struct visit **visits, size_t count, visit_done *done, void *context);

#endif
