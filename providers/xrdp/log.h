/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Client names, which xrdp writes to its log only, and there only with
 * [Logging] EnableProcessId=true in xrdp.ini.
 */
#ifndef CURFEW_XRDP_LOG_H
#define CURFEW_XRDP_LOG_H

#include <stdint.h>
#include <sys/types.h>

#include "lib/base/arena.h"

/* The end of the log, NUL-terminated, or "" if it can't be read. */
const char *client_log_read(const char *path, struct arena *arena);

/* The name of the client of xrdp process pid; "" if there is none or more than one.  Clients choose names and other
 * text in the log, which could contain a whole line.  Only lines since then (ms since the epoch, compared by whole
 * seconds) count: the process started then. */
const char *client_log_name(const char *log, pid_t pid, int64_t since, struct arena *arena);

#endif
