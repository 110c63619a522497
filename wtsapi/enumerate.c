/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WTSEnumerateSessions and -Ex.  A result is one block, because WTSFreeMemory() has no count. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "wtsapi/calls.h"
#include "wtsapi/failure.h"
#include "wtsapi/list.h"
#include "wtsapi/numbers.h"
#include "wtsapi/server.h"
#include "wtsapi/strings.h"

/* Fills the entries, and the texts behind them. */
typedef void fill_fn(const struct row *row, void *entry, char **at, bool wide);

struct shape {
	size_t size; /* of an entry */
	size_t (*room)(const struct row *row, bool wide);
	fill_fn *fill;
};

/* Windows uses these names, and programs compare them. */
static const char *session_name(const struct row *row)
{
	if (row->station[0] != '\0')
		return row->station;
	return strcmp(row->class, "services") == 0 ? "Services" : strcmp(row->class, "console") == 0 ? "Console" : "";
}

static size_t room(const struct row *row, bool wide)
{
	return text_room(session_name(row), wide);
}

static void fill(const struct row *row, void *entry, char **at, bool wide)
{
	WTS_SESSION_INFOA *info = entry;

	info->SessionId = row->number;
	info->State = row->state;
	info->pWinStationName = text_write(at, session_name(row), wide);
}

static size_t room_ex(const struct row *row, bool wide)
{
	return text_room(session_name(row), wide) + text_room(row->identity.host, wide) +
	       text_room(row->identity.user, wide) + text_room(row->domain, wide) + text_room(row->collection, wide);
}

static void fill_ex(const struct row *row, void *entry, char **at, bool wide)
{
	WTS_SESSION_INFO_1A *info = entry;

	info->ExecEnvId = row->number;
	info->State = row->state;
	info->SessionId = row->number;
	info->pSessionName = text_write(at, session_name(row), wide);
	info->pHostName = text_write(at, row->identity.host, wide);
	info->pUserName = text_write(at, row->identity.user, wide);
	info->pDomainName = text_write(at, row->domain, wide);
	info->pFarmName = text_write(at, row->collection, wide);
}

/* Needs the server's lock. */
static DWORD build(struct server *server, const struct shape *shape, bool wide, void **block, DWORD *count)
{
	const struct list *list = &server->list;
	size_t size = list->count * shape->size + 1;
	char *at;

	for (size_t i = 0; i < list->count; i++)
		size += shape->room(&list->rows[i], wide);
	if (list->count > UINT32_MAX || (*block = calloc(1, size)) == NULL)
		return ERROR_NOT_ENOUGH_MEMORY;
	at = (char *)*block + list->count * shape->size;
	for (size_t i = 0; i < list->count; i++) {
		const struct row *row = &list->rows[i];

		shape->fill(row, (char *)*block + i * shape->size, &at, wide);
		if (numbers_put(&server->numbers, row->number, &row->identity) < 0) {
			free(*block);
			return ERROR_NOT_ENOUGH_MEMORY;
		}
	}
	*count = (DWORD)list->count;
	return ERROR_SUCCESS;
}

static BOOL list_sessions(HANDLE handle, const struct shape *shape, bool wide, void **to, DWORD *count)
{
	int64_t begun = clock_monotonic();
	struct server *server = server_get(handle);
	void *block = NULL;
	DWORD code;

	if (server == NULL)
		return FALSE;
	server_lock(server);
	code = server_list(server, begun);
	if (code == ERROR_SUCCESS)
		code = build(server, shape, wide, &block, count);
	server_unlock(server);
	server_let_go(server);
	if (code != ERROR_SUCCESS)
		return failure(code);
	*to = block;
	return TRUE;
}

BOOL enumerate(HANDLE handle, DWORD reserved, DWORD version, WTS_SESSION_INFOA **sessions, DWORD *count, bool wide)
{
	static const struct shape shape = {sizeof(WTS_SESSION_INFOA), room, fill};
	void *block;

	if (reserved != 0 || version != 1 || sessions == NULL || count == NULL)
		return failure(ERROR_INVALID_PARAMETER);
	*sessions = NULL;
	*count = 0;
	if (!list_sessions(handle, &shape, wide, &block, count))
		return FALSE;
	*sessions = block;
	return TRUE;
}

BOOL enumerate_ex(HANDLE handle, DWORD *level, DWORD filter, WTS_SESSION_INFO_1A **sessions, DWORD *count, bool wide)
{
	static const struct shape shape = {sizeof(WTS_SESSION_INFO_1A), room_ex, fill_ex};
	void *block;

	if (level == NULL || filter != 0 || sessions == NULL || count == NULL)
		return failure(ERROR_INVALID_PARAMETER);
	if (*level != 1)
		return failure(ERROR_INVALID_LEVEL);
	*sessions = NULL;
	*count = 0;
	if (!list_sessions(handle, &shape, wide, &block, count))
		return FALSE;
	*sessions = block;
	return TRUE;
}
