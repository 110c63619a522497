/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One handler per host: an advisory lock on the file "lock-HOST" of the state folder.  The file names the holder: "pid
 * N since TIME until TIME".
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

/* The holder of a lock, as the lock file names it. */
struct lock_holder {
	bool known; /* false: the file does not name it, and the rest is 0 */
	long long pid;
	int64_t since, until; /* wall clock; a holder that runs beyond until hangs */
	bool overdue;         /* it should have ended by now, or until is not known */
};

/* For a program without a time limit: the end of the year 9999. */
#define LOCK_FOREVER INT64_C(253402300799000)

/* until: when the caller will certainly have ended.  0: locked; 1: another process holds it, see *holder; -1: error. */
int host_lock_take(struct host_lock *lock, const struct state_dir *dir, const char *host, int64_t until,
                   struct lock_holder *holder, struct error *error);
/* Writes the holder into the lock file again: after a fork, when the child goes on. */
int host_lock_sign(const struct host_lock *lock, int64_t until, struct error *error);
void host_lock_release(struct host_lock *lock);

/* "another handler is at work on it, pid 123 since 2026-…" and, if it is overdue, what to do. */
void lock_holder_show(struct buffer *out, const struct lock_holder *holder);

/* Raises the limit of descriptors for this many locks (one each), as far as the system allows. */
void host_locks_expect(size_t count);

#endif
