/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the provider says of itself: the same for the program that is it and for those that start it. */
#ifndef CURFEW_PROVIDERS_WINRM_ROW_H
#define CURFEW_PROVIDERS_WINRM_ROW_H

#include "providers/wsman/options.h"

#include <stddef.h>

#include "lib/target/provider.h"

static const struct provider_option winrm_options[] = {
    WSMAN_OPTIONS,
    {.name = "rights",
     .argument = "all|own",
     .help = "own: the account sees its own shells alone, which is meant (all)"},
    {.name = NULL},
};

#define WINRM_ROW                                                                                                      \
	.scheme = "winrm", .summary = "WinRM shells (WS-Management over HTTPS)", .status = PROVIDER_EXPERIMENTAL,      \
	.options = winrm_options,                                                                                      \
	.capabilities = CAN_DISCONNECT | CAN_LOGOFF | HAS_IDLE | HAS_BIRTH | MANY_HOSTS | NAMED_BY_NETWORK |           \
	                NEEDS_CREDENTIALS | SHELLS_PER_OWNER

#endif
