/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WTSQuerySessionInformation: one class of one session, in a block of its own. */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base/clock.h"
#include "wtsapi/calls.h"
#include "wtsapi/failure.h"
#include "wtsapi/info.h"
#include "wtsapi/list.h"
#include "wtsapi/server.h"
#include "wtsapi/strings.h"

/* AF_INET6 as Windows numbers it; AF_INET is the same everywhere. */
enum { WINDOWS_INET = 2, WINDOWS_INET6 = 23 };

/* The result: this many bytes; NULL: no memory. */
struct result {
	void *block;
	size_t size;
};

static struct result bytes(const void *value, size_t size)
{
	struct result result = {malloc(size), size};

	if (result.block != NULL)
		memcpy(result.block, value, size);
	return result;
}

static struct result number(ULONG value)
{
	return bytes(&value, sizeof value);
}

static struct result short_number(USHORT value)
{
	return bytes(&value, sizeof value);
}

static struct result big_number(LONGLONG value)
{
	return bytes(&value, sizeof value);
}

static struct result text(const char *value, bool wide)
{
	struct result result = {malloc(text_room(value, wide)), 0};
	char *at = result.block;

	if (at != NULL)
		text_write(&at, value, wide);
	result.size = (size_t)(at - (char *)result.block);
	return result;
}

/* An IPv4 address begins at the third byte, as Windows returns it. */
static struct result address(const struct row *row)
{
	WTS_CLIENT_ADDRESS address = {0};

	if (inet_pton(AF_INET, row->client_address, address.Address + 2) == 1)
		address.AddressFamily = WINDOWS_INET;
	else if (inet_pton(AF_INET6, row->client_address, address.Address) == 1)
		address.AddressFamily = WINDOWS_INET6;
	return bytes(&address, sizeof address);
}

static struct result display(const struct client *client)
{
	const WTS_CLIENT_DISPLAY display = {client->width, client->height, client->depth};

	return bytes(&display, sizeof display);
}

static bool remote(const struct row *row)
{
	return strcmp(row->class, "console") != 0 && strcmp(row->class, "services") != 0;
}

/* RDP, if the system does not say; a session that is not remote is always on the console. */
static USHORT protocol(const struct row *row)
{
	if (!remote(row))
		return WTS_PROTOCOL_TYPE_CONSOLE;
	return row->client.protocol != 0 ? (USHORT)row->client.protocol : WTS_PROTOCOL_TYPE_RDP;
}

/* Rounded down to minutes since the last input, like the usual "idle time"; by the host's clock. */
static ULONG idle_minutes(const struct row *row, LONGLONG now)
{
	const LONGLONG minute = 60LL * 10000000;

	if (row->state != WTSActive || row->last_input == 0 || row->last_input > now)
		return 0;
	return (ULONG)((now - row->last_input) / minute);
}

/* A text that few systems report. */
static struct result optional(const char *value, bool wide, bool *known)
{
	*known = value[0] != '\0';
	return *known ? text(value, wide) : (struct result){NULL, 0};
}

/* No memory: block is NULL.  Unknown class: *known is false. */
static struct result texts_of(const struct row *row, WTS_INFO_CLASS class, bool wide, bool *known)
{
	switch (class) {
	case WTSInitialProgram:
		return text(row_program(row), wide);
	case WTSApplicationName:
		return text(row->application, wide);
	case WTSWorkingDirectory:
		return optional(row->client.work_directory, wide, known);
	case WTSClientDirectory:
		return optional(row->client.directory, wide, known);
	case WTSUserName:
		return text(row->identity.user, wide);
	case WTSWinStationName:
		return text(row->station, wide);
	case WTSDomainName:
		return text(row->domain, wide);
	case WTSClientName:
		return text(row->client_name, wide);
	default:
		*known = false;
		return (struct result){NULL, 0};
	}
}

static struct result structure_of(const struct row *row, WTS_INFO_CLASS class, LONGLONG now, bool wide, bool *known)
{
	union {
		WTSINFOA a;
		WTSINFOW w;
	} info;
	union {
		WTSINFOEXA a;
		WTSINFOEXW w;
	} info_ex;
	union {
		WTSCLIENTA a;
		WTSCLIENTW w;
	} client;

	switch (class) {
	case WTSSessionInfo:
		if (wide)
			info_wide(&info.w, row, now);
		else
			info_narrow(&info.a, row, now);
		return bytes(&info, wide ? sizeof info.w : sizeof info.a);
	case WTSSessionInfoEx:
		if (wide)
			info_ex_wide(&info_ex.w, row, now);
		else
			info_ex_narrow(&info_ex.a, row, now);
		return bytes(&info_ex, wide ? sizeof info_ex.w : sizeof info_ex.a);
	case WTSClientInfo:
		if (wide)
			client_wide(&client.w, row);
		else
			client_narrow(&client.a, row);
		return bytes(&client, wide ? sizeof client.w : sizeof client.a);
	default:
		return texts_of(row, class, wide, known);
	}
}

/* What the system does not report is 0, as Windows returns for a session without a client. */
static struct result class_of(const struct row *row, WTS_INFO_CLASS class, LONGLONG now, bool wide, bool *known)
{
	switch (class) {
	case WTSSessionId:
		return number(row->number);
	case WTSConnectState:
		return number(row->state);
	case WTSClientBuildNumber:
		return number(row->client.build);
	case WTSClientHardwareId:
		return number(row->client.hardware);
	case WTSClientProductId:
		return short_number((USHORT)row->client.product);
	case WTSClientAddress:
		return address(row);
	case WTSClientDisplay:
		return display(&row->client);
	case WTSClientProtocolType:
		return short_number(protocol(row));
	case WTSIdleTime:
		return number(idle_minutes(row, now));
	case WTSLogonTime:
		return big_number(row->logon);
	case WTSIsRemoteSession:
		return number(remote(row));
	default:
		return structure_of(row, class, now, wide, known);
	}
}

BOOL query(HANDLE handle, DWORD wanted, WTS_INFO_CLASS class, void **buffer, DWORD *size, bool wide)
{
	int64_t begun = clock_monotonic();
	struct result result = {NULL, 0};
	struct server *server;
	const struct row *row;
	bool known = true;
	DWORD code;

	if (buffer == NULL || size == NULL)
		return failure(ERROR_INVALID_PARAMETER);
	*buffer = NULL;
	*size = 0;
	if ((server = server_get(handle)) == NULL)
		return FALSE;
	server_lock(server);
	if ((row = server_row(server, wanted, begun, &code)) != NULL)
		result = class_of(row, class, server->list.now, wide, &known);
	server_unlock(server);
	server_let_go(server);
	if (code != ERROR_SUCCESS)
		return failure(code);
	if (!known)
		return failure(ERROR_NOT_SUPPORTED);
	if (result.block == NULL)
		return failure(ERROR_NOT_ENOUGH_MEMORY);
	*buffer = result.block;
	*size = (DWORD)result.size;
	return TRUE;
}
