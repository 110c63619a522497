/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Credentials by reference: a file in Samba's authentication-file format
 * (smbclient(1) -A: "username = x", "password = y", "domain = z"), mode 0600,
 * never on a command line, in a log or in an error text.
 */
#ifndef CURFEW_CREDENTIALS_H
#define CURFEW_CREDENTIALS_H

#include "lib/base/error.h"

struct credentials {
	char *username;
	char *password; /* wiped by credentials_free() */
	char *domain;
};

/* All three texts are set; the domain may be "".  ERROR_CONFIG if a name or password is missing, and what
   trusted_open() says; nothing is left to free then. */
int credentials_load(struct credentials *credentials, const char *path, struct error *error);
void credentials_free(struct credentials *credentials);

#endif
