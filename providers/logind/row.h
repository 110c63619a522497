/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The description of logind, for the worker program and the programs' registry: */
#ifndef CURFEW_PROVIDERS_LOGIND_ROW_H
#define CURFEW_PROVIDERS_LOGIND_ROW_H

#include "lib/target/provider.h"

#define LOGIND_ROW                                                                                                     \
	.scheme = "logind", .summary = "logins of this Linux machine (systemd-logind, elogind or utmp)",               \
	.status = PROVIDER_STABLE, .capabilities = CAN_LOGOFF | CAN_MESSAGE | HAS_IDLE | HAS_BIRTH | HAS_LOCK

#endif
