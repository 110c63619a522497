/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shells of Windows Remote Management by WS-Management (doc/design/winrm.md). */
#ifndef CURFEW_PROVIDERS_WINRM_WINRM_H
#define CURFEW_PROVIDERS_WINRM_WINRM_H

#include "lib/target/provider.h"

#include <stddef.h>

extern const struct provider winrm_provider;

void winrm_list_many(struct visit **visits, size_t count, visit_done *done, void *context);

#endif
