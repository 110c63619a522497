/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/tsts/lockout.h"

#include <stdint.h>

/*
 * Microsoft's baselines lock an account after 10 failed logins, others after 5. A host that does not answer is no
 * evidence about the password, so it allows PER_SILENT more logins: hosts that are down must not delay the rest.
 */
enum { TRIES = 3, PER_SILENT = 4 };

/* What "wrong" and "locked" are, as NTSTATUS (MS-ERREF 2.3.1). */
static const unsigned long counted[] = {
    0xc000006d, /* LOGON_FAILURE */
    0xc000006a, /* WRONG_PASSWORD */
    0xc0000234, /* ACCOUNT_LOCKED_OUT */
};

enum login_leave login_leave(const struct login *login)
{
	if (login->accepted)
		return LOGIN_GO;
	if (login->refused >= TRIES)
		return LOGIN_REFUSE;
	return login->refused + login->under_way < TRIES + PER_SILENT * (login->silent + login->late) ? LOGIN_GO
	                                                                                              : LOGIN_WAIT;
}

bool login_refused(const struct error *error)
{
	for (size_t i = 0; i < sizeof counted / sizeof *counted; i++)
		if (error->code == ERROR_AUTH && (uint64_t)error->native == counted[i])
			return true;
	return false;
}

int login_error(struct error *error, const struct login *login, const char *host)
{
	error_set(error, ERROR_AUTH, STEP_LOGIN, "%.100s: not tried, as %zu other hosts have refused this login", host,
	          login->refused);
	return error_hint(error, "more failed logins could lock the account: see what those hosts say, and look at the "
	                         "credentials file");
}
