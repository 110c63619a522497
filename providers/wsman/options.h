/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options that providers of WS-Man have in common; access.h reads them. */
#ifndef CURFEW_PROVIDERS_WSMAN_OPTIONS_H
#define CURFEW_PROVIDERS_WSMAN_OPTIONS_H

#include "lib/target/provider.h"

/* Rows of a provider's options.  (clang-format 14 and 19 differ on the last one.) */
/* clang-format off */
#define WSMAN_OPTIONS                                                                                                  \
	{.name = "auth",                                                                                               \
	 .argument = "negotiate|ntlm|basic|certificate",                                                               \
	 .help = "how to log in (certificate if there is one, else negotiate)"},                                       \
	    {.name = "ccache",                                                                                         \
	     .argument = "CACHE",                                                                                      \
	     .help = "Kerberos ticket cache, FILE:/path or /path, in place of a credentials file"},                    \
	    {.name = "ca", .argument = "FILE", .help = "certificates (PEM) that the host's is issued by"},             \
	    {.name = "pin",                                                                                            \
	     .argument = "SHA256",                                                                                     \
	     .help = "fingerprint of the host's certificate, which then needs no issuer"},                             \
	    {.name = "certificate", .argument = "FILE", .help = "client certificate (PEM) for auth = certificate"},    \
	    {.name = "key", .argument = "FILE", .help = "its key (PEM), readable by its owner only"},                  \
	    {.name = "account", .argument = "DOMAIN\\USER", .help = "the account that the host maps the client certificate to"}, \
	    {.name = "plain-http",                                                                                     \
	     .argument = "yes|no",                                                                                     \
	     .help = "yes: port 5985, messages encrypted; no: port 5986 (5986, then 5985)"}
/* clang-format on */

#endif
