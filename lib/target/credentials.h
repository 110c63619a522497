/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Credentials in a file, in the format of Samba's authentication file (smbclient(1) -A: "username = x", "password = y",
 * "domain = z"), mode 0600.  They are never in a command line, a log or an error text.
 */
#ifndef CURFEW_CREDENTIALS_H
#define CURFEW_CREDENTIALS_H

#include "lib/base/error.h"

struct credentials {
	char *username;
	char *password; /* wiped by credentials_free() */
	char *domain;
};

/* Fills all three texts; the domain may be "".  ERROR_CONFIG if the name or password is missing, or trusted_open()
 * refuses the file; there is then nothing to free. */
int credentials_load(struct credentials *credentials, const char *path, struct error *error);
void credentials_free(struct credentials *credentials);

#endif
