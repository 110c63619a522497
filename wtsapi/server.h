/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The server behind a HANDLE: a target, its last list, and its session numbers.  A handle is a number that is never
 * used again, and not an address: a closed or invalid one is detected and not followed.
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
	uintptr_t handle; /* 0: the server of a NULL handle */
	unsigned users;
	bool closed;
	char *target;                        /* NULL: the configuration's, else "local:" */
	int64_t list_patience, act_patience; /* ms that the broker may take */
	struct server *next;

	pthread_mutex_t lock; /* protects the members below: server_lock() */
	struct list list;
	int64_t listed_at; /* monotonic ms: when the list was requested; 0: no list yet */
	DWORD listed_how;  /* and its error code */
	struct number_map numbers;
};

/* A new handle; or INVALID_HANDLE_VALUE and the last error.  Never NULL, which means this machine. */
HANDLE server_open(const char *target);
BOOL server_close(HANDLE handle);

/* The server of a handle, to be released; NULL and the last error if there is none. */
struct server *server_get(HANDLE handle);
void server_let_go(struct server *server);

/* Locks the server's list and numbers.  A thread must not lock two at once. */
void server_lock(struct server *server);
void server_unlock(struct server *server);

/* Called once: after fork() the child can use what it inherited, whatever other threads were doing. */
void server_survive_fork(void);

/* Makes sure that the list was requested at this time or later; an older one is read again.  Threads that wait for
 * the same answer share it.  Needs the lock; 0, or an error code. */
DWORD server_list(struct server *server, int64_t since);

/* The row of a session number, for a call that began at this time; WTS_CURRENT_SESSION is the caller's own.  The
 * list may be LIST_FRESH ms old, unless the session is not in it.  NULL and *code if there is none.  Needs the lock. */
enum { LIST_FRESH = 1000 };
const struct row *server_row(struct server *server, DWORD number, int64_t begun, DWORD *code);

/* The error code for a failed reply; ERROR_SUCCESS if nothing failed. */
DWORD reply_error(const struct message *reply);

#endif
