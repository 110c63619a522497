/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/wts/module.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "providers/wts/module_run.h"

/* More than any host has, and little enough to ask for each. */
enum { SESSIONS_MOST = 100000, NAME_MOST = 1024 };

static int module_failed(struct module_error *error, const char *what)
{
	error->fault = MODULE_FAILED;
	error->code = GetLastError();
	if (error->code != 0)
		snprintf(error->text, sizeof error->text, "%s failed: %lu", what, error->code);
	else
		snprintf(error->text, sizeof error->text, "%s failed, and did not say why", what);
	return -1;
}

int module_lies(struct module_error *error, const char *what)
{
	error->fault = MODULE_LIES;
	error->code = 0;
	snprintf(error->text, sizeof error->text, "the module returned impossible data: %s", what);
	return -1;
}

static int unusable(struct module_error *error, const char *what)
{
	error->fault = MODULE_UNUSABLE;
	error->code = 0;
	snprintf(error->text, sizeof error->text, "%s", what != NULL ? what : "no reason given");
	return -1;
}

static int find_table(struct module *module, struct module_error *error)
{
	void *symbol = dlsym(module->library, "InitWtsApi");
	INIT_WTSAPI_FN init;

	if (symbol == NULL)
		return unusable(error, "it is no WTSAPI module: there is no InitWtsApi in it");
	memcpy(&init, &symbol, sizeof init);
	if ((module->table = init()) == NULL)
		return unusable(error, "InitWtsApi has no table");
	if (module->table->pEnumerateSessionsA == NULL && module->table->pEnumerateSessionsExA == NULL)
		return unusable(error, "it cannot list sessions");
	if (module->table->pFreeMemory == NULL)
		return unusable(error, "it has no WTSFreeMemory");
	return 0;
}

static int open_server(struct module *module, const char *server, struct module_error *error)
{
	WTS_OPEN_SERVER_FN_A open = module->table->pOpenServerExA;
	char *name;

	if (server == NULL)
		return 0;
	if (open == NULL && (open = module->table->pOpenServerA) == NULL)
		return unusable(error, "it cannot open a server");
	name = must_strdup(server);
	SetLastError(0);
	module->server = open(name);
	free(name);
	if (module->server == NULL || module->server == INVALID_HANDLE_VALUE)
		return module_failed(error, "WTSOpenServer");
	module->opened = true;
	return 0;
}

int module_open(struct module **to, const char *path, const char *server, struct module_error *error)
{
	struct module *module = must_alloc(sizeof *module);

	module->server = WTS_CURRENT_SERVER_HANDLE;
	module->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (module->library == NULL)
		unusable(error, dlerror());
	if (module->library == NULL || find_table(module, error) < 0 || open_server(module, server, error) < 0) {
		module_close(module);
		return -1;
	}
	*to = module;
	return 0;
}

/* The library stays loaded: threads that it made may still run in it. */
void module_close(struct module *module)
{
	if (module == NULL)
		return;
	if (module->opened && module->table->pCloseServer != NULL)
		module->table->pCloseServer(module->server);
	free(module);
}

int module_text(const char *text, size_t most, const char **clean, struct arena *arena, struct module_error *error)
{
	size_t length = text != NULL ? strnlen(text, most + 1) : 0;

	if (length > most)
		return module_lies(error, "a text without an end");
	*clean = text_clean(arena, text, length, most);
	return 0;
}

/* Entries may lie anywhere, aligned or not. */
static int take_listed(const char *entries, size_t count, bool ex, struct reported *reported, struct arena *arena,
                       struct module_error *error)
{
	for (size_t i = 0; i < count; i++, reported++) {
		WTS_SESSION_INFO_1A info = {0};
		WTS_SESSION_INFOA plain;

		reported->station = reported->host = reported->user = reported->domain = reported->farm =
		    reported->client_name = reported->client_address = reported->program = "";
		reported->protocol = -1;
		reported->facts = (struct string_list){0};
		if (ex) {
			memcpy(&info, entries + i * sizeof info, sizeof info);
		} else {
			memcpy(&plain, entries + i * sizeof plain, sizeof plain);
			info.SessionId = plain.SessionId;
			info.State = plain.State;
			info.pSessionName = plain.pWinStationName;
		}
		reported->id = info.SessionId;
		reported->state = (uint32_t)info.State;
		if (module_text(info.pSessionName, NAME_MOST, &reported->station, arena, error) < 0 ||
		    module_text(info.pHostName, NAME_MOST, &reported->host, arena, error) < 0 ||
		    module_text(info.pUserName, NAME_MOST, &reported->user, arena, error) < 0 ||
		    module_text(info.pDomainName, NAME_MOST, &reported->domain, arena, error) < 0 ||
		    module_text(info.pFarmName, NAME_MOST, &reported->farm, arena, error) < 0)
			return -1;
	}
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;

	return first < second ? -1 : first > second;
}

/* An act on an id that two sessions have would be on one of them. */
static int ids_differ(const struct reported *reported, size_t count, struct module_error *error)
{
	uint32_t *ids = must_alloc((count + 1) * sizeof *ids);
	int result = 0;

	for (size_t i = 0; i < count; i++)
		ids[i] = reported[i].id;
	qsort(ids, count, sizeof *ids, compare_ids);
	for (size_t i = 1; i < count && result == 0; i++)
		if (ids[i] == ids[i - 1])
			result = module_lies(error, "two sessions with one id");
	free(ids);
	return result;
}

/* The list of the module, to be freed by it. */
struct listed {
	char *entries;
	DWORD count, level;
	bool ex;
};

static BOOL enumerate(struct module *module, struct listed *listed)
{
	const WtsApiFunctionTable *table = module->table;
	WTS_SESSION_INFO_1A *ex = NULL;
	WTS_SESSION_INFOA *plain = NULL;

	listed->count = 0;
	listed->level = 1;
	listed->ex = true;
	SetLastError(0);
	if (table->pEnumerateSessionsExA != NULL &&
	    table->pEnumerateSessionsExA(module->server, &listed->level, 0, &ex, &listed->count)) {
		listed->entries = (char *)ex;
		return TRUE;
	}
	if (table->pEnumerateSessionsA == NULL ||
	    (table->pEnumerateSessionsExA != NULL && GetLastError() != 0 && GetLastError() != CODE_NOT_IMPLEMENTED &&
	     GetLastError() != CODE_UNSUPPORTED))
		return FALSE;
	listed->count = 0;
	listed->level = 1;
	listed->ex = false;
	if (!table->pEnumerateSessionsA(module->server, 0, 1, &plain, &listed->count))
		return FALSE;
	listed->entries = (char *)plain;
	return TRUE;
}

static void give_back(struct module *module, struct listed *listed)
{
	if (listed->ex && module->table->pFreeMemoryExA != NULL)
		module->table->pFreeMemoryExA(WTSTypeSessionInfoLevel1, listed->entries, listed->count);
	else
		module->table->pFreeMemory(listed->entries);
}

int module_list(struct module *module, struct reported **reported, size_t *count, struct arena *arena,
                struct module_error *error)
{
	struct listed listed;
	int result;

	if (!enumerate(module, &listed))
		return module_failed(error, "WTSEnumerateSessions");
	if (listed.level != 1)
		return module_lies(error, "a list of another level");
	if (listed.count > SESSIONS_MOST)
		return module_lies(error, "more sessions than any host has");
	if (listed.count > 0 && listed.entries == NULL)
		return module_lies(error, "sessions, and no list of them");
	*count = listed.count;
	*reported = arena_alloc(arena, (listed.count + 1) * sizeof **reported);
	result = take_listed(listed.entries, listed.count, listed.ex, *reported, arena, error);
	if (listed.entries != NULL)
		give_back(module, &listed);
	if (result == 0)
		result = ids_differ(*reported, *count, error);
	for (size_t i = 0; i < *count && result == 0; i++)
		result = module_read(module, &(*reported)[i], arena, error);
	return result;
}

int module_act(struct module *module, enum module_act act, uint32_t id, struct module_error *error)
{
	const bool off = act == MODULE_LOGOFF;
	const WtsApiFunctionTable *table = module->table;

	SetLastError(0);
	if (off ? table->pLogoffSession == NULL : table->pDisconnectSession == NULL) {
		SetLastError(CODE_UNSUPPORTED);
		return module_failed(error, off ? "WTSLogoffSession" : "WTSDisconnectSession");
	}
	if (!(off ? table->pLogoffSession : table->pDisconnectSession)(module->server, id, FALSE))
		return module_failed(error, off ? "WTSLogoffSession" : "WTSDisconnectSession");
	return 0;
}

int module_message(struct module *module, uint32_t id, const char *title, const char *text, unsigned wait,
                   unsigned *answer, struct module_error *error)
{
	const DWORD ok = 0, ok_cancel = 1; /* MB_OK, MB_OKCANCEL */
	char *title_copy = must_strdup(title), *text_copy = must_strdup(text);
	DWORD response = ANSWER_NOT_ASKED;
	BOOL sent = FALSE;

	SetLastError(module->table->pSendMessageA == NULL ? CODE_UNSUPPORTED : 0);
	if (module->table->pSendMessageA != NULL)
		sent = module->table->pSendMessageA(module->server, id, title_copy, (DWORD)strlen(title_copy),
		                                    text_copy, (DWORD)strlen(text_copy), wait > 0 ? ok_cancel : ok,
		                                    wait, &response, wait > 0);
	free(title_copy);
	free(text_copy);
	if (!sent)
		return module_failed(error, "WTSSendMessage");
	*answer = response;
	return 0;
}
