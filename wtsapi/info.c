/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wtsapi/info.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "wtsapi/strings.h"

enum { WINDOWS_INET = 2, WINDOWS_INET6 = 23 };

/* The A and W structures have the same members; only the texts' type differs. */
#define SIZE(field) (sizeof(field) / sizeof(field)[0])
/* clang-format 14 and 19 differ on it. */
/* clang-format off */
#define PUT(field, text) _Generic((field)[0], CHAR: field_narrow, WCHAR: field_wide)(field, SIZE(field), text)
/* clang-format on */

#define INFO_FILL(info, row, now)                                                                                      \
	do {                                                                                                           \
		memset(info, 0, sizeof *(info));                                                                       \
		(info)->State = (row)->state;                                                                          \
		(info)->SessionId = (row)->number;                                                                     \
		PUT((info)->WinStationName, (row)->station);                                                           \
		PUT((info)->Domain, (row)->domain);                                                                    \
		PUT((info)->UserName, (row)->identity.user);                                                           \
		(info)->ConnectTime.QuadPart = (row)->connect;                                                         \
		(info)->DisconnectTime.QuadPart = (row)->disconnect;                                                   \
		(info)->LastInputTime.QuadPart = (row)->last_input;                                                    \
		(info)->LogonTime.QuadPart = (row)->logon;                                                             \
		(info)->_CurrentTime.QuadPart = now;                                                                   \
	} while (0)

#define INFO_EX_FILL(info, row, now)                                                                                   \
	do {                                                                                                           \
		memset(info, 0, sizeof *(info));                                                                       \
		(info)->Level = 1;                                                                                     \
		(info)->Data.WTSInfoExLevel1.SessionId = (row)->number;                                                \
		(info)->Data.WTSInfoExLevel1.SessionState = (row)->state;                                              \
		(info)->Data.WTSInfoExLevel1.SessionFlags = lock_flags(row);                                           \
		PUT((info)->Data.WTSInfoExLevel1.WinStationName, (row)->station);                                      \
		PUT((info)->Data.WTSInfoExLevel1.UserName, (row)->identity.user);                                      \
		PUT((info)->Data.WTSInfoExLevel1.DomainName, (row)->domain);                                           \
		(info)->Data.WTSInfoExLevel1.LogonTime.QuadPart = (row)->logon;                                        \
		(info)->Data.WTSInfoExLevel1.ConnectTime.QuadPart = (row)->connect;                                    \
		(info)->Data.WTSInfoExLevel1.DisconnectTime.QuadPart = (row)->disconnect;                              \
		(info)->Data.WTSInfoExLevel1.LastInputTime.QuadPart = (row)->last_input;                               \
		(info)->Data.WTSInfoExLevel1._CurrentTime.QuadPart = now;                                              \
	} while (0)

#define CLIENT_FILL(client, row)                                                                                       \
	do {                                                                                                           \
		memset(client, 0, sizeof *(client));                                                                   \
		PUT((client)->ClientName, (row)->client_name);                                                         \
		PUT((client)->Domain, (row)->domain);                                                                  \
		PUT((client)->UserName, (row)->identity.user);                                                         \
		PUT((client)->WorkDirectory, (row)->client.work_directory);                                            \
		PUT((client)->InitialProgram, row_program(row));                                                       \
		(client)->EncryptionLevel = (BYTE)(row)->client.encryption;                                            \
		(client)->ClientAddressFamily = address_fill((client)->ClientAddress, (row)->client_address);          \
		(client)->HRes = (USHORT)(row)->client.width;                                                          \
		(client)->VRes = (USHORT)(row)->client.height;                                                         \
		(client)->ColorDepth = (USHORT)(row)->client.depth;                                                    \
		PUT((client)->ClientDirectory, (row)->client.directory);                                               \
		(client)->ClientBuildNumber = (row)->client.build;                                                     \
		(client)->ClientHardwareId = (row)->client.hardware;                                                   \
		(client)->ClientProductId = (USHORT)(row)->client.product;                                             \
		(client)->OutBufCountHost = (USHORT)(row)->client.buffers_host;                                        \
		(client)->OutBufCountClient = (USHORT)(row)->client.buffers_client;                                    \
		(client)->OutBufLength = (USHORT)(row)->client.buffer_length;                                          \
	} while (0)

static LONG lock_flags(const struct row *row)
{
	switch (row->locked) {
	case ANSWER_YES:
		return WTS_SESSIONSTATE_LOCK;
	case ANSWER_NO:
		return WTS_SESSIONSTATE_UNLOCK;
	case ANSWER_UNKNOWN:
		break;
	}
	return (LONG)WTS_SESSIONSTATE_UNKNOWN;
}

/* The bytes of the address from the first one on; the declared element type is wider. */
static ULONG address_fill(USHORT *field, const char *text)
{
	if (inet_pton(AF_INET, text, field) == 1)
		return WINDOWS_INET;
	return inet_pton(AF_INET6, text, field) == 1 ? WINDOWS_INET6 : 0;
}

void info_narrow(WTSINFOA *info, const struct row *row, LONGLONG now)
{
	INFO_FILL(info, row, now);
}

void info_wide(WTSINFOW *info, const struct row *row, LONGLONG now)
{
	INFO_FILL(info, row, now);
}

void info_ex_narrow(WTSINFOEXA *info, const struct row *row, LONGLONG now)
{
	INFO_EX_FILL(info, row, now);
}

void info_ex_wide(WTSINFOEXW *info, const struct row *row, LONGLONG now)
{
	INFO_EX_FILL(info, row, now);
}

void client_narrow(WTSCLIENTA *client, const struct row *row)
{
	CLIENT_FILL(client, row);
}

void client_wide(WTSCLIENTW *client, const struct row *row)
{
	CLIENT_FILL(client, row);
}
