/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Logins from utmp, for machines and containers without logind.  Its records can be out of date, so each is checked
 * against the processes: a login exists while its terminal is led (setsid(2)) by a process of its user, or by one that
 * is related to the recorded process (login, sshd).
 */
#ifndef CURFEW_PROVIDERS_LOGIND_UTMP_H
#define CURFEW_PROVIDERS_LOGIND_UTMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <utmpx.h>

#include "lib/base/error.h"
#include "providers/linux/process.h"
#include "providers/logind/login.h"

/* True if there is a readable utmp file. */
bool utmp_present(void);

/* All present logins, texts in the arena; id = terminal line, leader = the user's shell if it is known, else the
 * terminal's session leader; complete but for own.  *stale counts the outdated records.  A file without any record
 * is an error: nothing writes to it.  Returns 0 or -1. */
int utmp_list(struct arena *arena, struct login **logins, size_t *count, size_t *stale, struct error *error);

/* One record, its user's uid, and its leader (NULL: not known) as a login; pure.
   boot is part of its birth. */
void utmp_to_login(const struct utmpx *record, uint32_t uid, const struct process *leader, const char *boot,
                   struct arena *arena, struct login *login);

#endif
