/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a HANDLE stands for: a target, its last list, and the numbers given out.
 *
 * A handle is a number that is never given twice, and not an address: one that
 * is closed, or was none, is found out and not followed.
 */
#ifndef CURFEW_WTSAPI_SERVER_H
#define CURFEW_WTSAPI_SERVER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <winpr/wtsapi.h>

#include "wtsapi/list.h"
#include "wtsapi/numbers.h"

struct server {
	uintptr_t handle; /* 0: what a NULL handle means */
	unsigned users;
	bool closed;
	char *target;                        /* NULL: the configuration says, "local:" if it does not */
	int64_t list_patience, act_patience; /* ms that the broker may take */
	struct server *next;

	pthread_mutex_t lock; /* of what follows: server_lock() */
	struct list list;
	int64_t listed_at; /* monotonic ms: when the question for it was asked; 0: no list yet */
	DWORD listed_how;  /* and its error code */
	struct number_map numbers;
};

/* A new handle, or INVALID_HANDLE_VALUE and the last error.  Never NULL: that would be this machine. */
HANDLE server_open(const char *target);
BOOL server_close(HANDLE handle);

/* The server of a handle, to be let go; NULL and the last error if there is none. */
struct server *server_get(HANDLE handle);
void server_let_go(struct server *server);

/* For the server's list and numbers.  Never two at once by one thread. */
void server_lock(struct server *server);
void server_unlock(struct server *server);

/* Once: a child of fork() can use what it has inherited, whatever other threads were doing. */
void server_survive_fork(void);

/* A list that was asked for at this time or later: an older one is read again.  Threads that wait for the
   same answer share it.  With the lock held; 0, or an error code. */
DWORD server_list(struct server *server, int64_t since);

/* The row of a session number, for a call that began at this time; WTS_CURRENT_SESSION is the caller's own.
   A list may be LIST_FRESH ms old, unless the session is not on it.  NULL and *code if there is none.
   With the lock held. */
enum { LIST_FRESH = 1000 };
const struct row *server_row(struct server *server, DWORD number, int64_t begun, DWORD *code);

/* The error code for a reply that says what failed; ERROR_SUCCESS if nothing did. */
DWORD reply_error(const struct message *reply);

#endif
