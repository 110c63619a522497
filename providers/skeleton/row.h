/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the provider says of itself: the same for the program that is it and for those that start it. */
#ifndef CURFEW_PROVIDERS_SKELETON_ROW_H
#define CURFEW_PROVIDERS_SKELETON_ROW_H

#include "lib/target/provider.h"

/* Experimental until it has seen the real system; the capabilities that are true, and no other. */
#define SKELETON_ROW(name)                                                                                             \
	.scheme = (name), .summary = "a provider to copy", .status = PROVIDER_EXPERIMENTAL,                            \
	.capabilities = CAN_LOGOFF | HAS_IDLE | HAS_BIRTH

#endif
