/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The description of local, for the worker program and the programs' registry: */
#ifndef CURFEW_PROVIDERS_LOCAL_ROW_H
#define CURFEW_PROVIDERS_LOCAL_ROW_H

#include "lib/target/provider.h"

#define LOCAL_ROW                                                                                                      \
	.scheme = "local", .summary = "every session of this Linux machine (xrdp, logind, utmp)",                      \
	.status = PROVIDER_STABLE,                                                                                     \
	.capabilities =                                                                                                \
	    CAN_DISCONNECT | CAN_LOGOFF | CAN_MESSAGE | HAS_IDLE | HAS_DISCONNECT_TIME | HAS_BIRTH | HAS_LOCK

#endif
