/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A descriptor for exactly one process (pidfd_open(2)): it stays valid when the pid is used again.  Needs nothing but
 * libc, because the WTS module uses it, too.  glibc has these calls since 2.36, and Curfew supports older ones.
 */
#ifndef CURFEW_PIDFD_H
#define CURFEW_PIDFD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

int pidfd_of(pid_t pid); /* -1 with errno */
/* 0, or -1 with errno. */
int pidfd_signal(int pidfd, int number);
/* True if it has exited, or does so within this many ms. */
bool pidfd_ended(int pidfd, int64_t patience);

#endif
