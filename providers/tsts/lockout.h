/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One wrong password must not be tried on every host of a run: to the domain
 * that is as many failed logins, and it locks the account.  So the first hosts
 * of a login go ahead alone, until one of them has taken it.  Pure.
 */
#ifndef CURFEW_PROVIDERS_TSTS_LOCKOUT_H
#define CURFEW_PROVIDERS_TSTS_LOCKOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"

/* A credentials file, and what has come of it in this run. */
struct login {
	const char *file;
	bool accepted;    /* by one host at least */
	size_t refused;   /* hosts that said that the password is wrong, or the account locked */
	size_t silent;    /* hosts that said neither */
	size_t under_way; /* hosts that may still say it */
	size_t late;      /* likewise, but they have had their time */
};

enum login_leave { LOGIN_GO, LOGIN_WAIT, LOGIN_REFUSE };

/* May another host be asked? */
enum login_leave login_leave(const struct login *login);

/* Is the error one that counts against the account? */
bool login_refused(const struct error *error);

/* For a host that was not asked.  Returns -1 like error_set(). */
int login_error(struct error *error, const struct login *login, const char *host);

#endif
