/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WTSQuerySessionInformation for what a list does not say.  A class that a module does not have is not told. */
#include <arpa/inet.h>
#include <string.h>

#include "providers/wts/module_run.h"

enum { SIZE_MOST = 1024 * 1024, TEXT_MOST = 1024, WINDOWS_INET = 2, WINDOWS_INET6 = 23 };

/* One answer of the module, to be given back; block NULL: it has no such class. */
struct answer {
	char *block;
	DWORD size;
};

static int ask(struct module *module, uint32_t id, WTS_INFO_CLASS class, size_t least, struct answer *answer,
               struct module_error *error)
{
	answer->block = NULL;
	answer->size = 0;
	SetLastError(0);
	if (module->table->pQuerySessionInformationA == NULL ||
	    !module->table->pQuerySessionInformationA(module->server, id, class, &answer->block, &answer->size)) {
		answer->block = NULL;
		return 0;
	}
	if (answer->block == NULL)
		return module_lies(error, "an answer without a value");
	if (answer->size < least || answer->size > SIZE_MOST)
		return module_lies(error, "a value of an impossible size");
	return 0;
}

static void give_back(struct module *module, struct answer *answer)
{
	if (answer->block != NULL)
		module->table->pFreeMemory(answer->block);
}

/* Only if the list did not say it. */
static int read_text(struct module *module, uint32_t id, WTS_INFO_CLASS class, const char **text, struct arena *arena,
                     struct module_error *error)
{
	struct answer answer;
	int result;

	if ((*text)[0] != '\0')
		return 0;
	if (ask(module, id, class, 0, &answer, error) < 0)
		return -1;
	if (answer.block == NULL)
		return 0;
	result = memchr(answer.block, '\0', answer.size) != NULL || answer.size == 0
	             ? module_text(answer.size > 0 ? answer.block : "", TEXT_MOST, text, arena, error)
	             : module_lies(error, "a text without an end");
	give_back(module, &answer);
	return result;
}

static uint64_t time_of(LARGE_INTEGER when)
{
	return when.QuadPart > 0 ? (uint64_t)when.QuadPart : 0;
}

static int read_info_ex(struct module *module, struct told *told, bool *known, struct module_error *error)
{
	struct answer answer;
	WTSINFOEXA info;

	if (ask(module, told->id, WTSSessionInfoEx, sizeof info, &answer, error) < 0)
		return -1;
	*known = answer.block != NULL;
	if (!*known)
		return 0;
	memcpy(&info, answer.block, sizeof info);
	give_back(module, &answer);
	if (info.Level != 1 || info.Data.WTSInfoExLevel1.SessionId != told->id)
		return module_lies(error, "WTSINFOEX of another session");
	told->flags_told = true;
	told->flags = (uint32_t)info.Data.WTSInfoExLevel1.SessionFlags;
	told->logon = time_of(info.Data.WTSInfoExLevel1.LogonTime);
	told->connect = time_of(info.Data.WTSInfoExLevel1.ConnectTime);
	told->disconnect = time_of(info.Data.WTSInfoExLevel1.DisconnectTime);
	told->last_input = time_of(info.Data.WTSInfoExLevel1.LastInputTime);
	told->now = time_of(info.Data.WTSInfoExLevel1._CurrentTime);
	return 0;
}

static int read_info(struct module *module, struct told *told, struct module_error *error)
{
	struct answer answer;
	WTSINFOA info;

	if (ask(module, told->id, WTSSessionInfo, sizeof info, &answer, error) < 0)
		return -1;
	if (answer.block == NULL)
		return 0;
	memcpy(&info, answer.block, sizeof info);
	give_back(module, &answer);
	if (info.SessionId != told->id)
		return module_lies(error, "WTSINFO of another session");
	told->logon = time_of(info.LogonTime);
	told->connect = time_of(info.ConnectTime);
	told->disconnect = time_of(info.DisconnectTime);
	told->last_input = time_of(info.LastInputTime);
	told->now = time_of(info._CurrentTime);
	return 0;
}

/* An IPv4 address is at the third byte, and with some modules at the first. */
static int read_address(struct module *module, struct told *told, struct arena *arena, struct module_error *error)
{
	char text[INET6_ADDRSTRLEN] = "";
	WTS_CLIENT_ADDRESS address;
	struct answer answer;

	if (ask(module, told->id, WTSClientAddress, sizeof address, &answer, error) < 0)
		return -1;
	if (answer.block == NULL)
		return 0;
	memcpy(&address, answer.block, sizeof address);
	give_back(module, &answer);
	if (address.AddressFamily == WINDOWS_INET)
		inet_ntop(AF_INET, address.Address + (address.Address[0] == 0 && address.Address[1] == 0 ? 2 : 0), text,
		          sizeof text);
	else if (address.AddressFamily == WINDOWS_INET6)
		inet_ntop(AF_INET6, address.Address, text, sizeof text);
	told->client_address = arena_strdup(arena, text);
	return 0;
}

static int read_protocol(struct module *module, struct told *told, struct module_error *error)
{
	struct answer answer;
	USHORT protocol;

	if (ask(module, told->id, WTSClientProtocolType, sizeof protocol, &answer, error) < 0)
		return -1;
	if (answer.block == NULL)
		return 0;
	memcpy(&protocol, answer.block, sizeof protocol);
	give_back(module, &answer);
	told->protocol = protocol;
	return 0;
}

int module_read(struct module *module, struct told *told, struct arena *arena, struct module_error *error)
{
	bool known = false;

	if (read_info_ex(module, told, &known, error) < 0 || (!known && read_info(module, told, error) < 0))
		return -1;
	if (read_text(module, told->id, WTSUserName, &told->user, arena, error) < 0 ||
	    read_text(module, told->id, WTSDomainName, &told->domain, arena, error) < 0 ||
	    read_text(module, told->id, WTSWinStationName, &told->station, arena, error) < 0 ||
	    read_text(module, told->id, WTSClientName, &told->client_name, arena, error) < 0 ||
	    read_text(module, told->id, WTSInitialProgram, &told->program, arena, error) < 0)
		return -1;
	return read_address(module, told, arena, error) < 0 ? -1 : read_protocol(module, told, error);
}
