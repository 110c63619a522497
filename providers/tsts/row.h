/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the provider says of itself: the same for the program that is it and for those that start it. */
#ifndef CURFEW_PROVIDERS_TSTS_ROW_H
#define CURFEW_PROVIDERS_TSTS_ROW_H

#include "lib/target/provider.h"

#include <stddef.h>

static const struct provider_option tsts_options[] = {
    {.name = "auth", .argument = "kerberos|ntlm|any", .help = "how to log in (any)"},
    {.name = "ccache", .argument = "CACHE", .help = "Kerberos ticket cache, FILE:/path or /path"},
    {.name = "keytab", .argument = "FILE", .help = "Kerberos keys to get tickets with, by kinit"},
    {.name = "principal", .argument = "USER@REALM", .help = "principal in the keytab"},
    {.name = "min-protocol",
     .argument = "2.1|3.0|3.1.1",
     .help = "oldest SMB spoken (2.1); 3.1.1 also demands encryption"},
    {.name = NULL},
};

#define TSTS_ROW                                                                                                       \
	.scheme = "tsts", .summary = "Windows session hosts and desktops (MS-TSTS)", .status = PROVIDER_EXPERIMENTAL,  \
	.options = tsts_options,                                                                                       \
	.capabilities = CAN_DISCONNECT | CAN_LOGOFF | CAN_MESSAGE | HAS_IDLE | HAS_DISCONNECT_TIME | HAS_BIRTH |       \
	                HAS_LOCK | MANY_HOSTS | NAMED_BY_NETWORK | NEEDS_CREDENTIALS

#endif
