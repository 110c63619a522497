/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows session hosts by MS-TSTS over SMB (doc/design/tsts.md). */
#ifndef CURFEW_PROVIDERS_TSTS_TSTS_H
#define CURFEW_PROVIDERS_TSTS_TSTS_H

#include "lib/target/provider.h"

#include <stddef.h>

extern const struct provider tsts_provider;

void tsts_list_many(struct visit **visits, size_t count, visit_done *done, void *context);

#endif
