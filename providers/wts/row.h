/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the provider says of itself: the same for the program that is it and for those that start it. */
#ifndef CURFEW_PROVIDERS_WTS_ROW_H
#define CURFEW_PROVIDERS_WTS_ROW_H

#include "lib/target/provider.h"

#define WTS_ROW                                                                                                        \
	.scheme = "wts", .summary = "any WTSAPI module (FreeRDS, ogon, curfew-wtsapi.so)",                             \
	.status = PROVIDER_EXPERIMENTAL,                                                                               \
	.capabilities = CAN_DISCONNECT | CAN_LOGOFF | CAN_MESSAGE | HAS_IDLE | HAS_DISCONNECT_TIME | HAS_BIRTH |       \
	                HAS_LOCK | OWN_PROCESS

#endif
