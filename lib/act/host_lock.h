/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One handler per acting host: an advisory lock on the file "lock-HOST" of the
 * state folder.  The file says who holds it: "pid N since TIME until TIME".
 */
#ifndef CURFEW_HOST_LOCK_H
#define CURFEW_HOST_LOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/act/state.h"
#include "lib/base/buffer.h"
#include "lib/base/error.h"

struct host_lock {
	int fd;
};

/* Who holds a lock, as the lock file says. */
struct lock_holder {
	bool known; /* false: the file does not say it, and the rest is 0 */
	long long pid;
	int64_t since, until; /* wall clock; a holder that lives longer than until hangs */
	bool overdue;         /* it should have ended by now, or is not known */
};

/* Of a program that runs until it is stopped: the end of the year 9999. */
#define LOCK_FOREVER INT64_C(253402300799000)

/* until: when the caller will have ended, whatever happens.  0: ours; 1: another process holds it, and *holder is
   filled; -1: error. */
int host_lock_take(struct host_lock *lock, const struct state_dir *dir, const char *host, int64_t until,
                   struct lock_holder *holder, struct error *error);
/* Writes into the lock file again who holds it: after a fork that the child lives on from. */
int host_lock_sign(const struct host_lock *lock, int64_t until, struct error *error);
void host_lock_release(struct host_lock *lock);

/* "another handler is at work on it, pid 123 since 2026-…" and, where it is overdue, what to do. */
void lock_holder_show(struct buffer *out, const struct lock_holder *holder);

/* Each lock takes a descriptor: asks the system for so many, as far as it grants them. */
void host_locks_expect(size_t count);

#endif
