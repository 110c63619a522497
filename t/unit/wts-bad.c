/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A WTSAPI module that does what its server is called: t/wts.t loads it, and
 * nothing but that one target may suffer.  "good" is a module of the plainest kind.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <winpr/error.h>

#include "wtsapi/table.h"

/* 2026-01-01T00:00:00.123Z, in 100 ns since 1601. */
#define LOGON (134116992001230000LL)
#define HOUR  (3600LL * 10000000)

static char name[64];
static unsigned opened; /* servers, in this process */

VOID SetLastError(DWORD code); /* the program's */

static bool am(const char *what)
{
	return strcmp(name, what) == 0;
}

static HANDLE WINAPI OpenServer(LPSTR server)
{
	snprintf(name, sizeof name, "%s", server);
	opened++;
	if (am("closed")) {
		SetLastError(ERROR_ACCESS_DENIED);
		return INVALID_HANDLE_VALUE;
	}
	return am("null") ? NULL : (HANDLE)name;
}

static VOID WINAPI CloseServer(HANDLE server)
{
	(void)server;
}

/* What a library may not do to the program it is in. */
static void misbehave(void)
{
	const struct rlimit no_core = {0, 0};
	char stolen[64];

	setrlimit(RLIMIT_CORE, &no_core);
	if (am("prints")) {
		puts("{\"id\":1,\"target\":0,\"error\":{\"code\":\"none\"}}");
		fflush(stdout);
		fputs("and \033[2Jcomplains", stderr);
	} else if (am("reads")) {
		(void)!read(STDIN_FILENO, stolen, sizeof stolen);
	} else if (am("hangs")) {
		for (;;)
			pause();
	} else if (am("crashes")) {
		raise(SIGSEGV);
	} else if (am("aborts")) {
		abort();
	} else if (am("exits")) {
		exit(0);
	}
}

static BOOL WINAPI EnumerateSessions(HANDLE server, DWORD reserved, DWORD version, WTS_SESSION_INFOA **sessions,
                                     DWORD *count)
{
	static char station[2][16] = {"RDP-Tcp#1", "RDP-Tcp#2"}, endless[4096];
	char *block = calloc(3, sizeof **sessions);
	WTS_SESSION_INFOA *entries = (WTS_SESSION_INFOA *)(void *)(am("unaligned") ? block + 1 : block);
	WTS_SESSION_INFOA first = {1, station[0], WTSActive}, second = {2, station[1], WTSDisconnected};

	(void)server;
	(void)reserved;
	(void)version;
	misbehave();
	snprintf(station[0], sizeof station[0], "RDP-Tcp#%u", opened);
	memset(endless, 'x', sizeof endless);
	if (am("fails") || am("fails-silently")) {
		free(block);
		SetLastError(am("fails") ? ERROR_ACCESS_DENIED : 0);
		return FALSE;
	}
	if (am("endless"))
		first.pWinStationName = endless;
	if (am("wild"))
		first.pWinStationName = (LPSTR)16;
	if (am("twins"))
		second.SessionId = 1;
	if (am("strange"))
		first.State = (WTS_CONNECTSTATE_CLASS)4711;
	memcpy((char *)entries, &first, sizeof first);
	memcpy((char *)entries + sizeof first, &second, sizeof second);
	*sessions = am("nothing") ? NULL : entries;
	*count = am("many") ? 0xffffffff : am("some") ? 90000 : 2;
	return TRUE;
}

static BOOL WINAPI EnumerateSessionsEx(HANDLE server, DWORD *level, DWORD filter, WTS_SESSION_INFO_1A **sessions,
                                       DWORD *count)
{
	(void)server;
	(void)filter;
	if (!am("other-level")) {
		SetLastError(ERROR_CALL_NOT_IMPLEMENTED);
		return FALSE;
	}
	*sessions = calloc(2, sizeof **sessions);
	*count = 2;
	*level = 2;
	return TRUE;
}

static VOID WINAPI FreeMemory(PVOID memory)
{
	if (!am("unaligned")) /* ours is one byte off then, and given up */
		free(memory);
}

static BOOL give_info(DWORD id, LPSTR *buffer, DWORD *size)
{
	WTSINFOEXA *info = calloc(1, sizeof *info);
	WTSINFOEX_LEVEL1_A *one = &info->Data.WTSInfoExLevel1;

	info->Level = am("level") ? 2 : 1;
	one->SessionId = am("mistaken") ? id + 1 : id;
	one->SessionFlags = am("strange") ? 77 : WTS_SESSIONSTATE_UNLOCK;
	one->LogonTime.QuadPart = am("seconds") ? LOGON / 10000000 * 10000000 : LOGON;
	one->ConnectTime.QuadPart = am("strange") ? -5 : LOGON;
	one->LastInputTime.QuadPart = am("idle-unknown") ? 0 : LOGON + HOUR;
	one->DisconnectTime.QuadPart = id == 2 ? LOGON + HOUR : 0;
	one->_CurrentTime.QuadPart = am("strange") ? 0x7fffffffffffffffLL : LOGON + 2 * HOUR;
	memset(one->UserName, 'u', sizeof one->UserName); /* never read beyond */
	*buffer = (LPSTR)info;
	*size = am("short") ? 8 : sizeof *info;
	return TRUE;
}

static BOOL WINAPI QuerySessionInformation(HANDLE server, DWORD id, WTS_INFO_CLASS class, LPSTR *buffer, DWORD *size)
{
	(void)server;
	if (am("valueless"))
		return TRUE;
	if (class == WTSSessionInfoEx && !am("plain"))
		return give_info(id, buffer, size);
	if (class == WTSUserName) {
		*buffer = strdup(id == 1 ? "alice" : "bob");
		*size = (DWORD)strlen(*buffer) + 1;
		if (am("unterminated"))
			*size -= 1;
		if (am("huge"))
			*size = 0x7fffffff;
		return TRUE;
	}
	SetLastError(ERROR_NOT_SUPPORTED);
	return FALSE;
}

WTSAPI_TABLE *InitWtsApi(void)
{
	static WtsApiFunctionTable table = {
	    .pOpenServerA = OpenServer,
	    .pCloseServer = CloseServer,
	    .pEnumerateSessionsA = EnumerateSessions,
	    .pEnumerateSessionsExA = EnumerateSessionsEx,
	    .pQuerySessionInformationA = QuerySessionInformation,
	    .pFreeMemory = FreeMemory,
	};

	return &table;
}
