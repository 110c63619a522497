/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The processes of a logind session and their terminals.  logind reads one terminal per session.  But an ssh connection
 * may carry several shells, and a tmux that was started in one session may be attached from another.  Ending a session
 * ends them all, so input to any of them counts.
 */
#ifndef CURFEW_PROVIDERS_LOGIND_MEMBERS_H
#define CURFEW_PROVIDERS_LOGIND_MEMBERS_H

#include "providers/logind/login.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sets tty_input to the newest input, and line if logind named none.  -1: the processes cannot be read, and
 * tty_input is that of the named terminal alone.  If there are too many processes, tty_input and idle_since are
 * unknown. */
int login_read_terminals(struct login *login, struct arena *arena);

/* Sets cpu_time to what the kernel has counted for the session's cgroup (usage_usec of cpu.stat) and for the user's
 * service manager, which starts a desktop's programs.  If the cgroups have no such count, it is the sum over the
 * session's processes, or unknown.
 * Sets memory likewise: the anonymous memory (anon of memory.stat) of the same cgroups, or the resident pages of the
 * session's processes.  A page that several of them share counts for each. */
void login_read_work(struct login *login);
/* anon in the text of a memory.stat, bytes; -1: it does not begin with it. */
int64_t memory_stat_parse(const char *text);
/* usage_usec in the text of a cpu.stat, ms; -1: there is none. */
int64_t cpu_stat_parse(const char *text);

/* The cgroup of this session (below the hierarchy's mount point) from the text of its leader's
   /proc/PID/cgroup; false if the leader is not in a cgroup of its session alone. */
bool members_path(const char *cgroups, const struct login *login, char *path, size_t size);

#endif
