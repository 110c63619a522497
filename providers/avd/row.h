/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the provider says of itself: the same for the program that is it and for those that start it. */
#ifndef CURFEW_PROVIDERS_AVD_ROW_H
#define CURFEW_PROVIDERS_AVD_ROW_H

#include "lib/target/provider.h"

#include <stddef.h>

static const struct provider_option avd_options[] = {
    {.name = "auth",
     .argument = "secret|certificate|managed-identity|workload-identity|token|any",
     .help = "how to get a token (any: what there is, in this order)"},
    {.name = "tenant", .argument = "TENANT", .help = "directory (tenant) id; else the credentials' domain"},
    {.name = "client-id", .argument = "ID", .help = "application (client) id; else the credentials' username"},
    {.name = "certificate", .argument = "FILE", .help = "PEM certificate of the application"},
    {.name = "key", .argument = "FILE", .help = "its PEM key (the same file)"},
    {.name = "token-file", .argument = "FILE", .help = "a file that holds an access token"},
    {.name = "federated-token-file", .argument = "FILE", .help = "workload identity: the file of its token"},
    {.name = "cloud", .argument = "public|usgov|china", .help = "which of Azure's clouds (public)"},
    {.name = "endpoint", .argument = "URL", .help = "Azure Resource Manager's, in place of the cloud's"},
    {.name = "authority", .argument = "URL", .help = "where tokens come from, in place of the cloud's"},
    {.name = "identity-endpoint",
     .argument = "URL",
     .help = "managed identity: where it is asked for; on this machine only"},
    {.name = "api-version", .argument = "VERSION", .help = "of Microsoft.DesktopVirtualization (2025-10-10)"},
    {.name = "ca", .argument = "FILE", .help = "PEM certificates of authorities, in place of the system's"},
    {.name = "proxy", .argument = "URL", .help = "HTTP proxy; none: not even the environment's"},
    {.name = "token-cache", .argument = "yes|no", .help = "keep tokens in the account's state folder (yes)"},
    {.name = NULL},
};

#define AVD_ROW                                                                                                        \
	.scheme = "avd", .summary = "Azure Virtual Desktop host pools", .status = PROVIDER_EXPERIMENTAL,               \
	.options = avd_options,                                                                                        \
	.capabilities = CAN_DISCONNECT | CAN_LOGOFF | CAN_MESSAGE | HAS_BIRTH | MANY_HOSTS | NEEDS_CREDENTIALS

#endif
