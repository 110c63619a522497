/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The provider "skeleton": one to copy (doc/design/provider-guide.md). */
#ifndef CURFEW_SKELETON_H
#define CURFEW_SKELETON_H

#include "lib/target/provider.h"

/* What the provider itself and, if it is a worker program, the programs' row of it have in common:
   experimental until it has seen the real system; the capabilities that are true, and no other. */
#define SKELETON_ROW(name)                                                                                             \
	.scheme = (name), .summary = "a provider to copy", .status = PROVIDER_EXPERIMENTAL,                            \
	.capabilities = CAN_LOGOFF | HAS_IDLE | HAS_BIRTH

extern const struct provider skeleton_provider;

#endif
