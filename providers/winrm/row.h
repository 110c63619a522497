/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the provider says of itself: the same for the program that is it and for those that start it. */
#ifndef CURFEW_PROVIDERS_WINRM_ROW_H
#define CURFEW_PROVIDERS_WINRM_ROW_H

#include "providers/wsman/options.h"

#include <stddef.h>

#include "lib/target/provider.h"

static const struct provider_option winrm_options[] = {
    WSMAN_OPTIONS,
    {.name = "rights", .argument = "all|own", .help = "own: only the account's own shells are wanted (all)"},
    {.name = "disconnect",
     .argument = "attempt|no",
     .help = "attempt: ask the host to disconnect shells of other clients, which Windows refuses (no)"},
    {.name = NULL},
};

/* MS-PSRP 3.1.4.9: a server tells clients apart by their SessionId, and lets each disconnect its own shells alone. */
static const struct provider_doubt winrm_doubt = {
    .act = ACT_DISCONNECT,
    .option = "disconnect",
    .value = "attempt",
    .reason = "Windows lets only the client itself disconnect its shell; logoff_sessions closes it",
};

#define WINRM_ROW                                                                                                      \
	.scheme = "winrm", .summary = "WinRM shells (WS-Management)", .status = PROVIDER_EXPERIMENTAL,                 \
	.options = winrm_options, .doubt = &winrm_doubt,                                                               \
	.capabilities = CAN_DISCONNECT | CAN_LOGOFF | HAS_IDLE | HAS_BIRTH | MANY_HOSTS | NAMED_BY_NETWORK |           \
	                NEEDS_CREDENTIALS | SHELLS_PER_OWNER

#endif
