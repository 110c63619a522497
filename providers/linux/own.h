/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which sessions are the caller's own, and so never acted on: those that one
 * of our ancestors leads or sits in (the admin's shell above sudo, the tmux
 * above that), and every session of the account that asked.
 */
#ifndef CURFEW_PROVIDERS_LINUX_OWN_H
#define CURFEW_PROVIDERS_LINUX_OWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Ourselves, our parent and so on; init is not counted, for it is everybody's ancestor. */
enum { ANCESTRY_LIMIT = 128 };
struct ancestry {
	size_t count;
	pid_t pids[ANCESTRY_LIMIT];
	dev_t terminals[ANCESTRY_LIMIT]; /* each one's controlling terminal; 0: none */
};

void ancestry_read(struct ancestry *ancestry);
bool ancestry_has(const struct ancestry *ancestry, pid_t pid);
bool ancestry_on_terminal(const struct ancestry *ancestry, dev_t terminal);

/* Is this the uid of the account that asked: the one before sudo, else the one we run as? */
bool account_own(uid_t uid);

#endif
