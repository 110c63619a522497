/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WTSQuerySessionInformation for what a list does not say.  A class that a module does not have is not reported. */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base/address.h"
#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "providers/wts/module.h"
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

static int read_info_ex(struct module *module, struct reported *reported, bool *known, struct module_error *error)
{
	struct answer answer;
	WTSINFOEXA info;

	if (ask(module, reported->id, WTSSessionInfoEx, sizeof info, &answer, error) < 0)
		return -1;
	*known = answer.block != NULL;
	if (!*known)
		return 0;
	memcpy(&info, answer.block, sizeof info);
	give_back(module, &answer);
	if (info.Level != 1 || info.Data.WTSInfoExLevel1.SessionId != reported->id)
		return module_lies(error, "WTSINFOEX of another session");
	reported->flags_known = true;
	reported->flags = (uint32_t)info.Data.WTSInfoExLevel1.SessionFlags;
	reported->logon = time_of(info.Data.WTSInfoExLevel1.LogonTime);
	reported->connect = time_of(info.Data.WTSInfoExLevel1.ConnectTime);
	reported->disconnect = time_of(info.Data.WTSInfoExLevel1.DisconnectTime);
	reported->last_input = time_of(info.Data.WTSInfoExLevel1.LastInputTime);
	reported->now = time_of(info.Data.WTSInfoExLevel1._CurrentTime);
	return 0;
}

static int read_info(struct module *module, struct reported *reported, struct module_error *error)
{
	struct answer answer;
	WTSINFOA info;

	if (ask(module, reported->id, WTSSessionInfo, sizeof info, &answer, error) < 0)
		return -1;
	if (answer.block == NULL)
		return 0;
	memcpy(&info, answer.block, sizeof info);
	give_back(module, &answer);
	if (info.SessionId != reported->id)
		return module_lies(error, "WTSINFO of another session");
	reported->logon = time_of(info.LogonTime);
	reported->connect = time_of(info.ConnectTime);
	reported->disconnect = time_of(info.DisconnectTime);
	reported->last_input = time_of(info.LastInputTime);
	reported->now = time_of(info._CurrentTime);
	return 0;
}

/* An IPv4 address is at the third byte, and with some modules at the first. */
static int read_address(struct module *module, struct reported *reported, struct arena *arena,
                        struct module_error *error)
{
	char text[INET6_ADDRSTRLEN] = "";
	WTS_CLIENT_ADDRESS address;
	struct answer answer;

	if (ask(module, reported->id, WTSClientAddress, sizeof address, &answer, error) < 0)
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
	reported->client_address = address_plain(text, arena);
	return 0;
}

static int read_protocol(struct module *module, struct reported *reported, struct module_error *error)
{
	struct answer answer;
	USHORT protocol;

	if (ask(module, reported->id, WTSClientProtocolType, sizeof protocol, &answer, error) < 0)
		return -1;
	if (answer.block == NULL)
		return 0;
	memcpy(&protocol, answer.block, sizeof protocol);
	give_back(module, &answer);
	reported->protocol = protocol;
	return 0;
}

/* Where WTSCLIENT has them, in every WinPR. */
struct field {
	const char *name;
	size_t at, size;
};
#define FIELD(name, member) name, offsetof(WTSCLIENTA, member), sizeof((WTSCLIENTA *)NULL)->member

static const struct field client_texts[] = {
    {FIELD("work_directory", WorkDirectory)},
    {FIELD("initial_program", InitialProgram)},
    {FIELD("client_directory", ClientDirectory)},
};
static const struct field client_numbers[] = {
    {FIELD("encryption_level", EncryptionLevel)},
    {FIELD("horizontal_resolution", HRes)},
    {FIELD("vertical_resolution", VRes)},
    {FIELD("color_depth", ColorDepth)},
    {FIELD("client_build_number", ClientBuildNumber)},
    {FIELD("client_hardware_id", ClientHardwareId)},
    {FIELD("client_product_id", ClientProductId)},
    {FIELD("out_buffers_host", OutBufCountHost)},
    {FIELD("out_buffers_client", OutBufCountClient)},
    {FIELD("out_buffer_length", OutBufLength)},
};

static unsigned long number_at(const char *bytes, size_t size)
{
	uint16_t two;
	uint32_t four;

	switch (size) {
	case sizeof two:
		memcpy(&two, bytes, sizeof two);
		return two;
	case sizeof four:
		memcpy(&four, bytes, sizeof four);
		return four;
	default:
		return (unsigned char)*bytes;
	}
}

/* 0 and "" mean nothing is known; a program that is the application is reported already. */
static void take_client(struct reported *reported, const char *block, struct arena *arena)
{
	for (size_t i = 0; i < sizeof client_texts / sizeof *client_texts; i++) {
		const char *at = block + client_texts[i].at;
		const char *text = text_clean(arena, at, strnlen(at, client_texts[i].size), TEXT_MOST);

		if (*text != '\0' && strcmp(text, reported->program) != 0)
			string_list_add(&reported->facts, arena,
			                arena_printf(arena, "%s=%s", client_texts[i].name, text));
	}
	for (size_t i = 0; i < sizeof client_numbers / sizeof *client_numbers; i++) {
		unsigned long number = number_at(block + client_numbers[i].at, client_numbers[i].size);

		if (number != 0)
			string_list_add(&reported->facts, arena,
			                arena_printf(arena, "%s=%lu", client_numbers[i].name, number));
	}
	/* Modules say RDP of any session that is not the console's; of a client it means something. */
	if (reported->facts.count > 0 && reported->protocol > WTS_PROTOCOL_TYPE_CONSOLE)
		string_list_add(&reported->facts, arena, arena_printf(arena, "protocol=%d", reported->protocol));
}

/* Nothing depends on it: a structure that is too short is not reported.  A module that has no such class may have
   the program in one of its own. */
static int read_client(struct module *module, struct reported *reported, struct arena *arena,
                       struct module_error *error)
{
	struct answer answer;

	if (ask(module, reported->id, WTSClientInfo, 0, &answer, error) < 0)
		return -1;
	if (answer.block == NULL)
		return read_text(module, reported->id, WTSInitialProgram, &reported->program, arena, error);
	if (answer.size >= sizeof(WTSCLIENTA))
		take_client(reported, answer.block, arena);
	give_back(module, &answer);
	return 0;
}

int module_read(struct module *module, struct reported *reported, struct arena *arena, struct module_error *error)
{
	bool known = false;

	if (read_info_ex(module, reported, &known, error) < 0 || (!known && read_info(module, reported, error) < 0))
		return -1;
	if (read_text(module, reported->id, WTSUserName, &reported->user, arena, error) < 0 ||
	    read_text(module, reported->id, WTSDomainName, &reported->domain, arena, error) < 0 ||
	    read_text(module, reported->id, WTSWinStationName, &reported->station, arena, error) < 0 ||
	    read_text(module, reported->id, WTSClientName, &reported->client_name, arena, error) < 0 ||
	    read_text(module, reported->id, WTSApplicationName, &reported->program, arena, error) < 0 ||
	    read_address(module, reported, arena, error) < 0 || read_protocol(module, reported, error) < 0)
		return -1;
	return read_client(module, reported, arena, error);
}
