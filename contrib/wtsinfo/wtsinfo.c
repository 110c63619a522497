/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wtsinfo [SERVER]: the sessions of a server as a table, in the manner of qwinsta.
 *
 *   WTSAPI_LIBRARY=/usr/lib/curfew/curfew-wtsapi.so wtsinfo tsts://rds01.corp.example
 *
 * An example: it knows WinPR's WTS API and nothing of Curfew.  Build it with
 *
 *   cc -o wtsinfo wtsinfo.c $(pkg-config --cflags --libs winpr2)
 */
#include <stdio.h>
#include <string.h>

#include <winpr/error.h>
#include <winpr/wtsapi.h>

/* 100 ns, as WTS counts time. */
#define MINUTE (60LL * 10000000)

static const char *state_name(WTS_CONNECTSTATE_CLASS state)
{
	static const char *const names[] = {"Active", "Conn",   "ConnQ", "Shadow", "Disc",
	                                    "Idle",   "Listen", "Reset", "Down",   "Init"};

	return (unsigned)state < sizeof names / sizeof *names ? names[state] : "?";
}

/* Names come from other machines: control characters are shown as '?'. */
static void column(const char *text, int width)
{
	int shown = 0;

	for (; text != NULL && *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;

		putchar(byte < 0x20 || byte == 0x7f ? '?' : byte);
		shown += (byte & 0xc0) != 0x80;
	}
	printf("%*s ", shown < width ? width - shown : 0, "");
}

/* "45m", "2h 05m", or "-" if the host does not report it. */
static void span(LONGLONG from, LONGLONG to)
{
	char text[32] = "-";
	LONGLONG minutes = (to - from) / MINUTE;

	if (from > 0 && to >= from && minutes < 60)
		snprintf(text, sizeof text, "%lldm", (long long)minutes);
	else if (from > 0 && to >= from)
		snprintf(text, sizeof text, "%lldh %02lldm", (long long)minutes / 60, (long long)minutes % 60);
	column(text, 10);
}

static void show_client(HANDLE server, DWORD session)
{
	LPSTR name = NULL;
	DWORD size = 0;

	if (!WTSQuerySessionInformationA(server, session, WTSClientName, &name, &size))
		return;
	fputs(name, stdout);
	WTSFreeMemory(name);
}

static int show_session(HANDLE server, const WTS_SESSION_INFO_1A *session)
{
	const WTSINFOEX_LEVEL1_A *info;
	WTSINFOEXA *block = NULL;
	LPSTR buffer = NULL;
	DWORD size = 0;

	if (!WTSQuerySessionInformationA(server, session->SessionId, WTSSessionInfoEx, &buffer, &size))
		return GetLastError() == ERROR_FILE_NOT_FOUND ? 0 : -1; /* it has ended since */
	block = (WTSINFOEXA *)(void *)buffer;
	info = &block->Data.WTSInfoExLevel1;
	column(session->pSessionName, 16);
	column(session->pUserName, 20);
	printf("%10u ", (unsigned)session->SessionId);
	column(state_name(session->State), 7);
	column(info->SessionFlags == WTS_SESSIONSTATE_LOCK ? "locked" : "", 7);
	if (session->State == WTSDisconnected)
		span(info->DisconnectTime.QuadPart, info->_CurrentTime.QuadPart);
	else
		span(info->LastInputTime.QuadPart, info->_CurrentTime.QuadPart);
	WTSFreeMemory(buffer);
	show_client(server, session->SessionId);
	putchar('\n');
	return 0;
}

static int show_sessions(HANDLE server)
{
	WTS_SESSION_INFO_1A *sessions = NULL;
	DWORD count = 0, level = 1;
	int result = 0;

	if (!WTSEnumerateSessionsExA(server, &level, 0, &sessions, &count))
		return -1;
	column("SESSIONNAME", 16);
	column("USERNAME", 20);
	printf("%10s ", "ID");
	column("STATE", 7);
	column("LOCK", 7);
	column("SINCE", 10);
	puts("CLIENT");
	for (DWORD i = 0; i < count && result == 0; i++)
		result = show_session(server, &sessions[i]);
	WTSFreeMemoryExA(WTSTypeSessionInfoLevel1, sessions, count);
	return result;
}

int main(int argc, char **argv)
{
	HANDLE server = WTS_CURRENT_SERVER_HANDLE;
	int result;

	if (argc > 2 || (argc == 2 && argv[1][0] == '-')) {
		fprintf(stderr, "usage: [WTSAPI_LIBRARY=MODULE] %s [SERVER]\n", argv[0]);
		return 2;
	}
	if (argc == 2)
		server = WTSOpenServerExA(argv[1]);
	result = server == INVALID_HANDLE_VALUE || (argc == 2 && server == NULL) ? -1 : show_sessions(server);
	if (result < 0)
		fprintf(stderr, "%s: error %u\n", argc == 2 ? argv[1] : "this machine", (unsigned)GetLastError());
	if (argc == 2 && server != NULL && server != INVALID_HANDLE_VALUE)
		WTSCloseServer(server);
	return result < 0 ? 1 : 0;
}
