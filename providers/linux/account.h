/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The names of an account of this machine.  A directory's accounts are called
 * CORP\alice or CORP+alice (winbind), alice@corp.example (sssd, winbind) or
 * just alice, as its administrator likes.
 */
#ifndef CURFEW_PROVIDERS_LINUX_ACCOUNT_H
#define CURFEW_PROVIDERS_LINUX_ACCOUNT_H

#include <stddef.h>
#include <sys/types.h>

#include "lib/base/arena.h"
#include "lib/session/session.h"

/* Sets user, domain and names.  name: as passwd(5), logind or utmp have it; cut: it is a field of that many
   bytes (0: it is not), so a name that fills it may be longer.  uid (uid_t)-1: not known. */
void account_fill(struct session *session, const char *name, size_t cut, uid_t uid, struct arena *arena);

#endif
