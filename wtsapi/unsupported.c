/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The functions of WTS that Curfew does not have: processes, listeners, virtual channels, remote control,
 * notifications, passwords, shutting down.  An empty slot would fail silently; these set the last error.
 */
#include "wtsapi/table.h"

#include <stddef.h>
#include <stdint.h>

#include "wtsapi/failure.h"

#pragma GCC diagnostic ignored "-Wunused-parameter" /* none of them uses its parameters */

#define NO(name, ...)                                                                                                  \
	static BOOL WINAPI name(__VA_ARGS__)                                                                           \
	{                                                                                                              \
		return failure(ERROR_CALL_NOT_IMPLEMENTED);                                                            \
	}
#define NO_HANDLE_3(name, T1, T2, T3)                                                                                  \
	static HANDLE WINAPI name(T1 a, T2 b, T3 c)                                                                    \
	{                                                                                                              \
		failure(ERROR_CALL_NOT_IMPLEMENTED);                                                                   \
		return NULL;                                                                                           \
	}
/* Only number and types of the parameters differ. */
#define NO_1(name, T1)                             NO(name, T1 a)
#define NO_2(name, T1, T2)                         NO(name, T1 a, T2 b)
#define NO_3(name, T1, T2, T3)                     NO(name, T1 a, T2 b, T3 c)
#define NO_4(name, T1, T2, T3, T4)                 NO(name, T1 a, T2 b, T3 c, T4 d)
#define NO_5(name, T1, T2, T3, T4, T5)             NO(name, T1 a, T2 b, T3 c, T4 d, T5 e)
#define NO_6(name, T1, T2, T3, T4, T5, T6)         NO(name, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f)
#define NO_8(name, T1, T2, T3, T4, T5, T6, T7, T8) NO(name, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f, T7 g, T8 h)

/* Curfew has no number for the session on the console. */
static DWORD WINAPI GetActiveConsoleSessionId(void)
{
	failure(ERROR_CALL_NOT_IMPLEMENTED);
	return UINT32_MAX;
}

/* clang-format off */
NO_1(StopRemoteControlSession, ULONG)
NO_4(StartRemoteControlSessionW, LPWSTR, ULONG, BYTE, USHORT)
NO_4(StartRemoteControlSessionA, LPSTR, ULONG, BYTE, USHORT)
NO_4(ConnectSessionW, ULONG, ULONG, PWSTR, BOOL)
NO_4(ConnectSessionA, ULONG, ULONG, PSTR, BOOL)
NO_5(EnumerateServersW, LPWSTR, DWORD, DWORD, PWTS_SERVER_INFOW *, DWORD *)
NO_5(EnumerateServersA, LPSTR, DWORD, DWORD, PWTS_SERVER_INFOA *, DWORD *)
NO_5(EnumerateProcessesW, HANDLE, DWORD, DWORD, PWTS_PROCESS_INFOW *, DWORD *)
NO_5(EnumerateProcessesA, HANDLE, DWORD, DWORD, PWTS_PROCESS_INFOA *, DWORD *)
NO_3(TerminateProcess, HANDLE, DWORD, DWORD)
NO_5(QueryUserConfigW, LPWSTR, LPWSTR, WTS_CONFIG_CLASS, LPWSTR *, DWORD *)
NO_5(QueryUserConfigA, LPSTR, LPSTR, WTS_CONFIG_CLASS, LPSTR *, DWORD *)
NO_5(SetUserConfigW, LPWSTR, LPWSTR, WTS_CONFIG_CLASS, LPWSTR, DWORD)
NO_5(SetUserConfigA, LPSTR, LPSTR, WTS_CONFIG_CLASS, LPSTR, DWORD)
NO_2(ShutdownSystem, HANDLE, DWORD)
NO_3(WaitSystemEvent, HANDLE, DWORD, DWORD *)
NO_HANDLE_3(VirtualChannelOpen, HANDLE, DWORD, LPSTR)
NO_HANDLE_3(VirtualChannelOpenEx, DWORD, LPSTR, DWORD)
NO_1(VirtualChannelClose, HANDLE)
NO_5(VirtualChannelRead, HANDLE, ULONG, PCHAR, ULONG, PULONG)
NO_4(VirtualChannelWrite, HANDLE, PCHAR, ULONG, PULONG)
NO_1(VirtualChannelPurgeInput, HANDLE)
NO_1(VirtualChannelPurgeOutput, HANDLE)
NO_4(VirtualChannelQuery, HANDLE, WTS_VIRTUAL_CLASS, PVOID *, DWORD *)
NO_2(RegisterSessionNotification, HWND, DWORD)
NO_1(UnRegisterSessionNotification, HWND)
NO_3(RegisterSessionNotificationEx, HANDLE, HWND, DWORD)
NO_2(UnRegisterSessionNotificationEx, HANDLE, HWND)
NO_2(QueryUserToken, ULONG, PHANDLE)
NO_5(EnumerateProcessesExW, HANDLE, DWORD *, DWORD, LPWSTR *, DWORD *)
NO_5(EnumerateProcessesExA, HANDLE, DWORD *, DWORD, LPSTR *, DWORD *)
NO_5(EnumerateListenersW, HANDLE, PVOID, DWORD, PWTSLISTENERNAMEW, DWORD *)
NO_5(EnumerateListenersA, HANDLE, PVOID, DWORD, PWTSLISTENERNAMEA, DWORD *)
NO_5(QueryListenerConfigW, HANDLE, PVOID, DWORD, LPWSTR, PWTSLISTENERCONFIGW)
NO_5(QueryListenerConfigA, HANDLE, PVOID, DWORD, LPSTR, PWTSLISTENERCONFIGA)
NO_6(CreateListenerW, HANDLE, PVOID, DWORD, LPWSTR, PWTSLISTENERCONFIGW, DWORD)
NO_6(CreateListenerA, HANDLE, PVOID, DWORD, LPSTR, PWTSLISTENERCONFIGA, DWORD)
NO_6(SetListenerSecurityW, HANDLE, PVOID, DWORD, LPWSTR, SECURITY_INFORMATION, PSECURITY_DESCRIPTOR)
NO_6(SetListenerSecurityA, HANDLE, PVOID, DWORD, LPSTR, SECURITY_INFORMATION, PSECURITY_DESCRIPTOR)
NO_8(GetListenerSecurityW, HANDLE, PVOID, DWORD, LPWSTR, SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, DWORD, LPDWORD)
NO_8(GetListenerSecurityA, HANDLE, PVOID, DWORD, LPSTR, SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, DWORD, LPDWORD)
NO_1(EnableChildSessions, BOOL)
NO_1(IsChildSessionsEnabled, PBOOL)
NO_1(GetChildSessionId, PULONG)
NO_4(LogonUser, HANDLE, LPCSTR, LPCSTR, LPCSTR)
NO_1(LogoffUser, HANDLE)
NO_5(StartRemoteControlSessionExW, LPWSTR, ULONG, BYTE, USHORT, DWORD)
NO_5(StartRemoteControlSessionExA, LPSTR, ULONG, BYTE, USHORT, DWORD)
/* clang-format on */

void unsupported_fill(WtsApiFunctionTable *table)
{
	table->pStopRemoteControlSession = StopRemoteControlSession;
	table->pStartRemoteControlSessionW = StartRemoteControlSessionW;
	table->pStartRemoteControlSessionA = StartRemoteControlSessionA;
	table->pConnectSessionW = ConnectSessionW;
	table->pConnectSessionA = ConnectSessionA;
	table->pEnumerateServersW = EnumerateServersW;
	table->pEnumerateServersA = EnumerateServersA;
	table->pEnumerateProcessesW = EnumerateProcessesW;
	table->pEnumerateProcessesA = EnumerateProcessesA;
	table->pTerminateProcess = TerminateProcess;
	table->pQueryUserConfigW = QueryUserConfigW;
	table->pQueryUserConfigA = QueryUserConfigA;
	table->pSetUserConfigW = SetUserConfigW;
	table->pSetUserConfigA = SetUserConfigA;
	table->pShutdownSystem = ShutdownSystem;
	table->pWaitSystemEvent = WaitSystemEvent;
	table->pVirtualChannelOpen = VirtualChannelOpen;
	table->pVirtualChannelOpenEx = VirtualChannelOpenEx;
	table->pVirtualChannelClose = VirtualChannelClose;
	table->pVirtualChannelRead = VirtualChannelRead;
	table->pVirtualChannelWrite = VirtualChannelWrite;
	table->pVirtualChannelPurgeInput = VirtualChannelPurgeInput;
	table->pVirtualChannelPurgeOutput = VirtualChannelPurgeOutput;
	table->pVirtualChannelQuery = VirtualChannelQuery;
	table->pRegisterSessionNotification = RegisterSessionNotification;
	table->pUnRegisterSessionNotification = UnRegisterSessionNotification;
	table->pRegisterSessionNotificationEx = RegisterSessionNotificationEx;
	table->pUnRegisterSessionNotificationEx = UnRegisterSessionNotificationEx;
	table->pQueryUserToken = QueryUserToken;
	table->pEnumerateProcessesExW = EnumerateProcessesExW;
	table->pEnumerateProcessesExA = EnumerateProcessesExA;
	table->pEnumerateListenersW = EnumerateListenersW;
	table->pEnumerateListenersA = EnumerateListenersA;
	table->pQueryListenerConfigW = QueryListenerConfigW;
	table->pQueryListenerConfigA = QueryListenerConfigA;
	table->pCreateListenerW = CreateListenerW;
	table->pCreateListenerA = CreateListenerA;
	table->pSetListenerSecurityW = SetListenerSecurityW;
	table->pSetListenerSecurityA = SetListenerSecurityA;
	table->pGetListenerSecurityW = GetListenerSecurityW;
	table->pGetListenerSecurityA = GetListenerSecurityA;
	table->pEnableChildSessions = EnableChildSessions;
	table->pIsChildSessionsEnabled = IsChildSessionsEnabled;
	table->pGetChildSessionId = GetChildSessionId;
	table->pGetActiveConsoleSessionId = GetActiveConsoleSessionId;
	table->pLogonUser = LogonUser;
	table->pLogoffUser = LogoffUser;
	table->pStartRemoteControlSessionExW = StartRemoteControlSessionExW;
	table->pStartRemoteControlSessionExA = StartRemoteControlSessionExA;
}
