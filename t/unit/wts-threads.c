/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wts-threads SERVER SESSIONS: the module's own files under ThreadSanitizer, which
 * cannot look into WinPR.  64 threads do everything at once, on shared and own
 * handles and on those that others are closing.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <winpr/error.h>

#include "wtsapi/table.h"

enum { THREADS = 64, ROUNDS = 4 };

static const WtsApiFunctionTable *table;
static HANDLE shared, passing;
static char *name;
static DWORD sessions_there;
static _Thread_local DWORD last_error;

/* In the place of WinPR's; exported, as the module looks it up. */
VOID SetLastError(DWORD code);
VOID SetLastError(DWORD code)
{
	last_error = code;
}

static unsigned user_right(HANDLE handle, DWORD id)
{
	unsigned right = 0;
	LPSTR user = NULL;
	DWORD size = 0;

	if (!table->pQuerySessionInformationA(handle, id, WTSUserName, &user, &size))
		return 0;
	right = strncmp(user, "user", 4) == 0 && size == strlen(user) + 1;
	table->pFreeMemory(user);
	return right;
}

/* 1: a list with all its users, and an act that is refused, for the right reasons. */
static unsigned round_right(HANDLE handle)
{
	WTS_SESSION_INFOA *sessions = NULL;
	unsigned right = 0;
	DWORD count = 0;

	if (!table->pEnumerateSessionsA(handle, 0, 1, &sessions, &count))
		return 0;
	for (DWORD i = 0; i < count; i++)
		right += user_right(handle, sessions[i].SessionId);
	right = count == sessions_there && right == count;
	last_error = 0;
	if (table->pLogoffSession(handle, sessions[0].SessionId, FALSE) || last_error != ERROR_ACCESS_DENIED)
		right = 0;
	table->pFreeMemory(sessions);
	return right;
}

static void *work(void *argument)
{
	unsigned *right = argument;
	HANDLE own = table->pOpenServerExA(name);

	for (unsigned i = 0; i < ROUNDS; i++)
		*right += round_right(i % 2 == 0 ? shared : own);
	table->pCloseServer(own);
	/* Somebody closes it while others use it: either is fine, and nothing breaks. */
	round_right(passing);
	table->pCloseServer(passing);
	return NULL;
}

int main(int argc, char **argv)
{
	static unsigned right[THREADS];
	static pthread_t threads[THREADS];
	unsigned sum = 0;

	if (argc != 3)
		return 3;
	name = argv[1];
	sessions_there = (DWORD)strtoul(argv[2], NULL, 10);
	table = InitWtsApi();
	shared = table->pOpenServerExA(name);
	passing = table->pOpenServerExA(name);
	for (unsigned i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, work, &right[i]);
	for (unsigned i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		sum += right[i];
	}
	table->pCloseServer(shared);
	printf("%u of %u right\n", sum, (unsigned)THREADS * ROUNDS);
	return sum == THREADS * ROUNDS ? 0 : 1;
}
