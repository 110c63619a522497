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

/* This process, its parent and so on.  init is left out, because it is an ancestor of every process. */
enum { ANCESTRY_LIMIT = 128 };
struct ancestry {
	size_t count;
	pid_t pids[ANCESTRY_LIMIT];
	dev_t terminals[ANCESTRY_LIMIT]; /* each one's controlling terminal; 0: none */
};

void ancestry_read(struct ancestry *ancestry);
bool ancestry_has(const struct ancestry *ancestry, pid_t pid);
bool ancestry_on_terminal(const struct ancestry *ancestry, dev_t terminal);

/* True for the uid of the account that started this program: the one before sudo, else our own. */
bool account_own(uid_t uid);

#endif
