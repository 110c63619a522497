/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The functions that WinPR calls: A and W ones, over the functions of calls.h. */
#include "wtsapi/table.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "wtsapi/calls.h"
#include "wtsapi/failure.h"
#include "wtsapi/server.h"
#include "wtsapi/strings.h"

/* Longer than any name. */
enum { NAME_MOST = 4096 };

static HANDLE open_server(char *name)
{
	HANDLE handle = INVALID_HANDLE_VALUE;

	if (name == NULL)
		failure(ERROR_NOT_ENOUGH_MEMORY);
	else if (strlen(name) > NAME_MOST)
		failure(ERROR_INVALID_NAME); /* a cut name would be another one */
	else
		handle = server_open(name);
	free(name);
	return handle;
}

static HANDLE WINAPI OpenServerA(LPSTR name)
{
	return name == NULL ? server_open(NULL) : open_server(text_from_narrow(name, NAME_MOST + 1));
}

static HANDLE WINAPI OpenServerW(LPWSTR name)
{
	return name == NULL ? server_open(NULL) : open_server(text_from_wide(name, NAME_MOST + 1));
}

static VOID WINAPI CloseServer(HANDLE server)
{
	server_close(server);
}

static BOOL WINAPI EnumerateSessionsA(HANDLE server, DWORD reserved, DWORD version, WTS_SESSION_INFOA **sessions,
                                      DWORD *count)
{
	return enumerate(server, reserved, version, sessions, count, false);
}

static BOOL WINAPI EnumerateSessionsW(HANDLE server, DWORD reserved, DWORD version, WTS_SESSION_INFOW **sessions,
                                      DWORD *count)
{
	return enumerate(server, reserved, version, (WTS_SESSION_INFOA **)sessions, count, true);
}

static BOOL WINAPI EnumerateSessionsExA(HANDLE server, DWORD *level, DWORD filter, WTS_SESSION_INFO_1A **sessions,
                                        DWORD *count)
{
	return enumerate_ex(server, level, filter, sessions, count, false);
}

static BOOL WINAPI EnumerateSessionsExW(HANDLE server, DWORD *level, DWORD filter, WTS_SESSION_INFO_1W **sessions,
                                        DWORD *count)
{
	return enumerate_ex(server, level, filter, (WTS_SESSION_INFO_1A **)sessions, count, true);
}

static BOOL WINAPI QuerySessionInformationA(HANDLE server, DWORD session, WTS_INFO_CLASS class, LPSTR *buffer,
                                            DWORD *size)
{
	return query(server, session, class, (void **)buffer, size, false);
}

static BOOL WINAPI QuerySessionInformationW(HANDLE server, DWORD session, WTS_INFO_CLASS class, LPWSTR *buffer,
                                            DWORD *size)
{
	return query(server, session, class, (void **)buffer, size, true);
}

static BOOL send_message(HANDLE server, DWORD session, char *title, char *text, DWORD timeout, DWORD *response,
                         BOOL wait)
{
	BOOL sent = FALSE;

	if (title == NULL || text == NULL)
		failure(ERROR_NOT_ENOUGH_MEMORY);
	else
		sent = act_message(server, session, title, text, timeout, response, wait != FALSE);
	free(title);
	free(text);
	return sent;
}

/* Lengths are in bytes, in W as well; some programs count the NUL and some do not. */
static BOOL WINAPI SendMessageA(HANDLE server, DWORD session, LPSTR title, DWORD title_length, LPSTR text,
                                DWORD text_length, DWORD style, DWORD timeout, DWORD *response, BOOL wait)
{
	(void)style;
	if (title == NULL || text == NULL)
		return failure(ERROR_INVALID_PARAMETER);
	return send_message(server, session, text_from_narrow(title, title_length), text_from_narrow(text, text_length),
	                    timeout, response, wait);
}

static BOOL WINAPI SendMessageW(HANDLE server, DWORD session, LPWSTR title, DWORD title_length, LPWSTR text,
                                DWORD text_length, DWORD style, DWORD timeout, DWORD *response, BOOL wait)
{
	(void)style;
	if (title == NULL || text == NULL)
		return failure(ERROR_INVALID_PARAMETER);
	return send_message(server, session, text_from_wide(title, title_length / sizeof *title),
	                    text_from_wide(text, text_length / sizeof *text), timeout, response, wait);
}

/* TRUE means that it was seen to be done, so there is nothing left to wait for. */
static BOOL WINAPI DisconnectSession(HANDLE server, DWORD session, BOOL wait)
{
	(void)wait;
	return act_disconnect(server, session);
}

static BOOL WINAPI LogoffSession(HANDLE server, DWORD session, BOOL wait)
{
	(void)wait;
	return act_logoff(server, session);
}

static VOID WINAPI FreeMemory(PVOID memory)
{
	free(memory);
}

static BOOL WINAPI FreeMemoryEx(WTS_TYPE_CLASS class, PVOID memory, ULONG count)
{
	(void)count;
	if (class != WTSTypeSessionInfoLevel1)
		return failure(ERROR_INVALID_PARAMETER); /* we gave out no other */
	free(memory);
	return TRUE;
}

static WtsApiFunctionTable table = {
    .dwVersion = 1,
    .pOpenServerA = OpenServerA,
    .pOpenServerW = OpenServerW,
    .pOpenServerExA = OpenServerA,
    .pOpenServerExW = OpenServerW,
    .pCloseServer = CloseServer,
    .pEnumerateSessionsA = EnumerateSessionsA,
    .pEnumerateSessionsW = EnumerateSessionsW,
    .pEnumerateSessionsExA = EnumerateSessionsExA,
    .pEnumerateSessionsExW = EnumerateSessionsExW,
    .pQuerySessionInformationA = QuerySessionInformationA,
    .pQuerySessionInformationW = QuerySessionInformationW,
    .pSendMessageA = SendMessageA,
    .pSendMessageW = SendMessageW,
    .pDisconnectSession = DisconnectSession,
    .pLogoffSession = LogoffSession,
    .pFreeMemory = FreeMemory,
    .pFreeMemoryExA = FreeMemoryEx,
    .pFreeMemoryExW = FreeMemoryEx,
};

static void fill(void)
{
	unsupported_fill(&table);
	server_survive_fork();
}

/* WinPR holds a lock during this call: no WTS function may be called here. */
WTSAPI_TABLE *InitWtsApi(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, fill);
	failure_prepare(__builtin_return_address(0));
	return &table;
}
