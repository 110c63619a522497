/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the provider says of itself: the same for the program that is it and for those that start it. */
#ifndef CURFEW_PROVIDERS_RDS_ROW_H
#define CURFEW_PROVIDERS_RDS_ROW_H

#include "providers/wsman/options.h"

#include <stddef.h>

#include "lib/target/provider.h"

static const struct provider_option rds_options[] = {
    WSMAN_OPTIONS,
    {.name = "upn-suffix",
     .argument = "DOMAIN = SUFFIX, ...",
     .help = "what the users of a domain have behind their @: CORP = corp.example"},
    {.name = "verify",
     .argument = "yes|no",
     .help = "ask the session hosts in every check, too (no); handlers and --output json always do"},
    {.name = "host-auth", .argument = "kerberos|ntlm|any", .help = "how to log in to the session hosts (any)"},
    {.name = "host-min-protocol",
     .argument = "2.1|3.0|3.1.1",
     .help = "oldest SMB spoken with the session hosts (2.1); 3.1.1 also demands encryption"},
    {.name = NULL},
};

/* Never tested with a real broker: the sources are in doc/design/rds.md. */
#define RDS_ROW                                                                                                        \
	.scheme = "rds",                                                                                               \
	.summary = "RDS collections through the connection broker (unverified against a real broker)",                 \
	.status = PROVIDER_EXPERIMENTAL, .options = rds_options,                                                       \
	.capabilities = CAN_DISCONNECT | CAN_LOGOFF | CAN_MESSAGE | HAS_IDLE | HAS_DISCONNECT_TIME | HAS_BIRTH |       \
	                HAS_LOCK | MANY_HOSTS | NAMED_BY_NETWORK | NEEDS_CREDENTIALS

#endif
