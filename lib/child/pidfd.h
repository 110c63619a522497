/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A descriptor that stands for exactly one process (pidfd_open(2)), whoever gets its number later.
 * Nothing but libc: the WTS module uses it, too.  glibc has these calls from 2.36 on, which is above our floor.
 */
#ifndef CURFEW_PIDFD_H
#define CURFEW_PIDFD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

int pidfd_of(pid_t pid); /* -1 with errno */
/* 0, or -1 with errno. */
int pidfd_signal(int pidfd, int number);
/* Has it ended, or does it within so many ms? */
bool pidfd_ended(int pidfd, int64_t patience);

#endif
