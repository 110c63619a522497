/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A wrong password must not be tried on every host of a run: the domain would count each as a failed login and lock
 * the account. So the first hosts with these credentials are tried alone until one accepts them. Pure.
 */
#ifndef CURFEW_PROVIDERS_TSTS_LOCKOUT_H
#define CURFEW_PROVIDERS_TSTS_LOCKOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"

/* A credentials file and the results of its logins in this run. */
struct login {
	const char *file;
	bool accepted;    /* by one host at least */
	size_t refused;   /* hosts that refused: wrong password or locked account */
	size_t silent;    /* hosts that did neither */
	size_t under_way; /* logins in progress */
	size_t late;      /* logins in progress that are overdue */
};

enum login_leave { LOGIN_GO, LOGIN_WAIT, LOGIN_REFUSE };

/* May another host be asked? */
enum login_leave login_leave(const struct login *login);

/* Is the error one that counts against the account? */
bool login_refused(const struct error *error);

/* For a host that was not asked.  Returns -1 like error_set(). */
int login_error(struct error *error, const struct login *login, const char *host);

#endif
