/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RDS deployments and collections through their connection broker (doc/design/rds.md). */
#ifndef CURFEW_PROVIDERS_RDS_RDS_H
#define CURFEW_PROVIDERS_RDS_RDS_H

#include "lib/target/provider.h"

#include <stddef.h>

extern const struct provider rds_provider;

void rds_list_many(struct visit **visits, size_t count, visit_done *done, void *context);

#endif
