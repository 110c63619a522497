/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wtsapi/server.h"

#include <errno.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "wtsapi/ask.h"
#include "wtsapi/failure.h"
#include "wtsapi/message.h"
#include "wtsapi/numbers.h"

/* The time to read the configuration; and the time beyond its own limit that a broker may take. */
enum { OPEN_TIME = 15000, REPLY_GRACE = 3000 }; /* ms */
/* The most numbers that are kept of sessions that have ended. */
enum { NUMBERS_MOST = 65536 };

/* Handles look like no pointer, and there are enough of them. */
enum { FIRST_HANDLE = 0x57545301, HANDLE_STEP = 2 };

static pthread_mutex_t servers_lock = PTHREAD_MUTEX_INITIALIZER;
/* Locked for reading by each thread that uses a server's memory, and for writing by fork(), so that a child never
 * inherits a half-changed server.  A thread that waits for the broker does not hold it. */
static pthread_rwlock_t forking = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;
static struct server *servers;
static uintptr_t next_handle = FIRST_HANDLE;

DWORD reply_error(const struct message *reply)
{
	static const struct {
		const char *word;
		DWORD code;
	} codes[] = {
	    {"usage", ERROR_INVALID_NAME},
	    {"configuration", ERROR_BAD_CONFIGURATION},
	    {"no such host", ERROR_BAD_NETPATH},
	    {"connection refused", RPC_S_SERVER_UNAVAILABLE},
	    {"unreachable", RPC_S_SERVER_UNAVAILABLE},
	    {"timeout", ERROR_TIMEOUT},
	    {"login failed", ERROR_LOGON_FAILURE},
	    {"access denied", ERROR_ACCESS_DENIED},
	    {"gone", ERROR_FILE_NOT_FOUND},
	    {"changed", ERROR_FILE_NOT_FOUND},
	    {"protocol", ERROR_INVALID_DATA},
	    {"not supported", ERROR_NOT_SUPPORTED},
	    {"crashed", ERROR_PROCESS_ABORTED},
	};
	const char *word = message_find(reply, "error");

	for (size_t i = 0; word != NULL && i < sizeof codes / sizeof *codes; i++)
		if (strcmp(word, codes[i].word) == 0)
			return codes[i].code;
	return word != NULL ? ERROR_GEN_FAILURE : ERROR_SUCCESS;
}

void server_lock(struct server *server)
{
	pthread_mutex_lock(&server->lock);
	pthread_rwlock_rdlock(&forking);
}

void server_unlock(struct server *server)
{
	pthread_rwlock_unlock(&forking);
	pthread_mutex_unlock(&server->lock);
}

static int patience_read(const struct message *reply, const char *key, int64_t *patience)
{
	const int64_t longest = INT64_C(1) << 40; /* ms: decades */

	if (message_number(message_find(reply, key), patience) < 0)
		return -1;
	return *patience >= 0 && *patience <= longest ? 0 : -1;
}

/* Asks whether the target exists, and how long it may take. */
static DWORD introduce(struct server *server)
{
	struct message request, reply;
	DWORD code;

	request_begin(&request, "open", server->target);
	if ((code = ask(&request, OPEN_TIME, &reply)) != ERROR_SUCCESS)
		return code;
	code = reply_error(&reply);
	if (code == ERROR_SUCCESS && (patience_read(&reply, "list", &server->list_patience) < 0 ||
	                              patience_read(&reply, "act", &server->act_patience) < 0))
		code = ERROR_INVALID_DATA;
	message_free(&reply);
	server->list_patience += REPLY_GRACE;
	server->act_patience += REPLY_GRACE;
	return code;
}

static void server_free(struct server *server)
{
	list_free(&server->list);
	numbers_free(&server->numbers);
	pthread_mutex_destroy(&server->lock);
	free(server->target);
	free(server);
}

/* A new server, or NULL and an error code. */
static struct server *server_new(const char *target, DWORD *code)
{
	struct server *server = calloc(1, sizeof *server);

	*code = ERROR_NOT_ENOUGH_MEMORY;
	if (server == NULL)
		return NULL;
	pthread_mutex_init(&server->lock, NULL);
	if (target == NULL || (server->target = strdup(target)) != NULL)
		*code = introduce(server);
	if (*code == ERROR_SUCCESS)
		return server;
	server_free(server);
	return NULL;
}

HANDLE server_open(const char *target)
{
	DWORD code;
	struct server *server = server_new(target, &code);
	HANDLE handle;

	if (server == NULL) {
		failure(code);
		return INVALID_HANDLE_VALUE;
	}
	pthread_mutex_lock(&servers_lock);
	server->handle = next_handle;
	next_handle += HANDLE_STEP;
	server->next = servers;
	servers = server;
	handle = (HANDLE)server->handle;
	pthread_mutex_unlock(&servers_lock);
	return handle;
}

/* Needs servers_lock. */
static struct server *server_find(uintptr_t handle)
{
	struct server *server = servers;

	while (server != NULL && (server->handle != handle || server->closed))
		server = server->next;
	if (server != NULL)
		server->users++;
	return server;
}

/* The target of a NULL handle is determined at its first use.  Two threads may do that at once; the second uses the
 * first's result. */
static struct server *server_default(void)
{
	struct server *made, *server;
	DWORD code;

	if ((made = server_new(NULL, &code)) == NULL) {
		failure(code);
		return NULL;
	}
	pthread_mutex_lock(&servers_lock);
	if ((server = server_find(0)) == NULL) {
		made->users = 1;
		made->next = servers;
		servers = server = made;
		made = NULL;
	}
	pthread_mutex_unlock(&servers_lock);
	if (made != NULL)
		server_free(made);
	return server;
}

struct server *server_get(HANDLE handle)
{
	struct server *server;

	pthread_mutex_lock(&servers_lock);
	server = server_find((uintptr_t)handle);
	pthread_mutex_unlock(&servers_lock);
	if (server == NULL && handle == WTS_CURRENT_SERVER_HANDLE)
		return server_default();
	if (server == NULL)
		failure(ERROR_INVALID_HANDLE);
	return server;
}

void server_let_go(struct server *server)
{
	struct server **place = &servers;
	bool last;

	pthread_mutex_lock(&servers_lock);
	last = --server->users == 0 && server->closed;
	if (last) {
		while (*place != server)
			place = &(*place)->next;
		*place = server->next;
	}
	pthread_mutex_unlock(&servers_lock);
	if (last)
		server_free(server);
}

/* Waits for threads that use it.  Closing NULL does nothing, as on Windows. */
BOOL server_close(HANDLE handle)
{
	struct server *server;

	if (handle == WTS_CURRENT_SERVER_HANDLE)
		return TRUE;
	if ((server = server_get(handle)) == NULL)
		return FALSE;
	pthread_mutex_lock(&servers_lock);
	server->closed = true;
	pthread_mutex_unlock(&servers_lock);
	server_let_go(server);
	return TRUE;
}

/* Keeps numbers of ended sessions as long as there is room; then only those of present ones. */
static void numbers_prune(struct server *server)
{
	struct number_map kept = {0};

	if (server->numbers.count < NUMBERS_MOST || server->numbers.count < 2 * server->list.count)
		return;
	for (size_t i = 0; i < server->list.count; i++) {
		const struct row *row = &server->list.rows[i];

		if (numbers_find(&server->numbers, row->number) != NULL &&
		    numbers_put(&kept, row->number, &row->identity) < 0) {
			numbers_free(&kept);
			return;
		}
	}
	numbers_free(&server->numbers);
	server->numbers = kept;
}

DWORD server_list(struct server *server, int64_t since)
{
	struct message request, reply;
	struct list fresh = {0};
	int64_t now;
	DWORD code;

	if (server->listed_at != 0 && server->listed_at >= since)
		return server->listed_how;
	now = clock_monotonic();
	request_begin(&request, "list", server->target);
	pthread_rwlock_unlock(&forking);
	code = ask(&request, server->list_patience, &reply);
	pthread_rwlock_rdlock(&forking);
	if (code == ERROR_SUCCESS && (code = reply_error(&reply)) != ERROR_SUCCESS)
		message_free(&reply);
	if (code == ERROR_SUCCESS)
		code = list_read(&fresh, &reply, &server->numbers);
	if (code == ERROR_SUCCESS) {
		list_free(&server->list);
		server->list = fresh;
		numbers_prune(server);
	}
	server->listed_at = now;
	server->listed_how = code;
	return code;
}

static void fork_begins(void)
{
	pthread_rwlock_wrlock(&forking);
	pthread_mutex_lock(&servers_lock);
}

static void fork_parent(void)
{
	pthread_mutex_unlock(&servers_lock);
	pthread_rwlock_unlock(&forking);
}

/* The child has only the thread that called fork(), so all its locks are new. */
static void fork_child(void)
{
	for (struct server *server = servers; server != NULL; server = server->next) {
		pthread_mutex_init(&server->lock, NULL);
		server->users = 0;
	}
	pthread_mutex_init(&servers_lock, NULL);
	forking = (pthread_rwlock_t)PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;
}

void server_survive_fork(void)
{
	pthread_atfork(fork_begins, fork_parent, fork_child);
}

/* The only session that is marked as the caller's own; if none is, the only one of the caller's account. */
static const struct row *row_current(const struct list *list)
{
	const struct row *own = NULL, *same = NULL;
	size_t owns = 0, sames = 0;
	struct passwd account, *found = NULL;
	char block[4096];

	if (getpwuid_r(getuid(), &account, block, sizeof block, &found) != 0)
		found = NULL;
	for (size_t i = 0; i < list->count; i++) {
		const struct row *row = &list->rows[i];

		if (row->own == ANSWER_YES) {
			own = row;
			owns++;
		}
		if (found != NULL && strcmp(row->identity.user, account.pw_name) == 0) {
			same = row;
			sames++;
		}
	}
	if (owns > 0)
		return owns == 1 ? own : NULL;
	return sames == 1 ? same : NULL;
}

static const struct row *row_find(const struct list *list, DWORD number)
{
	return number == WTS_CURRENT_SESSION ? row_current(list) : list_find(list, number);
}

const struct row *server_row(struct server *server, DWORD number, int64_t begun, DWORD *code)
{
	const struct row *row = NULL;

	*code = server_list(server, begun - LIST_FRESH);
	if (*code == ERROR_SUCCESS && (row = row_find(&server->list, number)) == NULL) {
		*code = server_list(server, begun); /* it may be newer than the list */
		if (*code == ERROR_SUCCESS && (row = row_find(&server->list, number)) == NULL)
			*code = ERROR_FILE_NOT_FOUND;
	}
	if (row != NULL && numbers_put(&server->numbers, row->number, &row->identity) < 0) {
		*code = ERROR_NOT_ENOUGH_MEMORY;
		row = NULL;
	}
	return row;
}
