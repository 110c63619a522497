/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ctx_WinStation_API_service: LegacyApi (MS-TSTS 3.7.4.1). */
#include "t/servers/tsts/calls.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buffer.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "t/servers/tsts/host.h"
#include "t/servers/tsts/stub.h"

enum {
	STATUS_INVALID_INFO_CLASS = 0xC0000003,
	STATUS_INFO_LENGTH_MISMATCH = 0xC0000004,
	STATUS_NO_MORE_ENTRIES = 0x8000001A,
	CLASS_INFORMATION = 8,
	INFORMATION_SIZE = 1216,
	STATUS_SIZE = 1012, /* PROTOCOLSTATUS */
	ENTRY_SIZE = 76,    /* LOGONIDW */
	LENGTH_LIMIT = 0x8000,
};

static uint32_t open_server(struct caller *caller, struct reader *in, struct buffer *out)
{
	(void)in;
	put_u32(out, 0);
	handle_put(out, caller->common);
	put_u8(out, 1);
	return 0;
}

static uint32_t close_server(struct caller *caller, struct reader *in, struct buffer *out)
{
	struct handle *handle = handle_get(caller, in);

	if (handle == NULL)
		return FAULT_BAD_HANDLE;
	handle_close(caller, handle);
	put_u32(out, 0);
	put_u8(out, 1);
	return 0;
}

/* A buffer that goes in and comes out: [in, out, unique, size_is].  Its size; UINT32_MAX: there is none. */
static uint32_t get_buffer(struct reader *in)
{
	uint32_t size;

	if (get_u32(in) == 0)
		return UINT32_MAX;
	size = get_u32(in);
	get_skip(in, size);
	return size;
}

static void put_bytes(struct buffer *out, const struct buffer *bytes)
{
	put_u32(out, 0x00020000);
	put_u32(out, (uint32_t)bytes->length);
	buffer_add(out, bytes->text, bytes->length);
}

/* WINSTATIONINFORMATION (2.2.2.20): a memory image. */
static void put_information(struct buffer *image, struct caller *caller, const struct session *session)
{
	put_u32(image, (uint32_t)session->state);
	put_wide(image, station_of(session, &caller->arena), 33);
	put_u32(image, session->number);
	put_u64(image, filetime(session->connect_time));
	put_u64(image, filetime(session->disconnect_time));
	put_u64(image, filetime(session->last_input));
	put_u64(image, filetime(session->logon_time));
	put_zeros(image, STATUS_SIZE);
	put_wide(image, session->domain, 18);
	put_wide(image, session->user, 21);
	put_u64(image, filetime(moment_at(host_clock(caller->host))));
}

static uint32_t query_status(uint32_t class, uint32_t size, uint32_t length, enum result result)
{
	if (class != CLASS_INFORMATION)
		return STATUS_INVALID_INFO_CLASS;
	if (size != length || length != INFORMATION_SIZE)
		return STATUS_INFO_LENGTH_MISMATCH;
	return result_ntstatus(result);
}

static uint32_t query_information(struct caller *caller, struct reader *in, struct buffer *out)
{
	struct handle *handle = handle_get(caller, in);
	uint32_t number = get_u32(in), class = get_u32(in), size = get_buffer(in), length = get_u32(in), status;
	struct session session;
	struct buffer image = {0};

	if (handle == NULL)
		return FAULT_BAD_HANDLE;
	if (in->short_of || length > LENGTH_LIMIT)
		return FAULT_BAD_STUB;
	status = query_status(class, size, length, caller_session(caller, number, &session));
	if (status == 0)
		put_information(&image, caller, &session);
	else if (size != UINT32_MAX)
		put_zeros(&image, size);
	put_u32(out, status);
	if (size == UINT32_MAX)
		put_u32(out, 0);
	else
		put_bytes(out, &image);
	put_u32(out, status == 0 ? INFORMATION_SIZE : 0);
	put_u8(out, status == 0);
	buffer_free(&image);
	return 0;
}

/* As many sessions as the caller has room for, from *index on. */
static uint32_t enumerate(struct caller *caller, struct reader *in, struct buffer *out)
{
	struct handle *handle = handle_get(caller, in);
	uint32_t size, index, room, count = 0, at = 0;
	struct snapshot snapshot;
	struct buffer image = {0};

	get_u32(in); /* the preferred count */
	size = get_buffer(in);
	room = get_u32(in);
	index = get_u32(in);
	if (handle == NULL)
		return FAULT_BAD_HANDLE;
	if (in->short_of || size == UINT32_MAX || room != size)
		return FAULT_BAD_STUB;
	host_list(caller->host, &snapshot);
	for (size_t i = 0; i < snapshot.count && (count + 1) * ENTRY_SIZE <= room; i++) {
		if (!may_see(caller, &snapshot.sessions[i]) || at++ < index)
			continue;
		put_u32(&image, snapshot.sessions[i].number);
		put_wide(&image, station_of(&snapshot.sessions[i], &caller->arena), 33);
		put_u32(&image, (uint32_t)snapshot.sessions[i].state);
		count++;
	}
	snapshot_free(&snapshot);
	put_u32(out, count > 0 ? 0 : STATUS_NO_MORE_ENTRIES);
	put_u32(out, count);
	put_bytes(out, &image);
	put_u32(out, (uint32_t)image.length);
	put_u32(out, index + count);
	put_u8(out, count > 0);
	buffer_free(&image);
	return 0;
}

/* On the session of that number, as if it had been opened. */
static enum result act_on(struct caller *caller, uint32_t number, const struct action *action, struct outcome *outcome)
{
	struct hold *hold;
	enum result result = caller_hold(caller, number, &hold);

	if (result != RESULT_OK)
		return result;
	result = caller_act(caller, hold, action, outcome);
	host_release(hold);
	return result;
}

static uint32_t act(struct caller *caller, struct reader *in, struct buffer *out, enum act what)
{
	struct handle *handle = handle_get(caller, in);
	const struct action action = {.act = what};
	struct outcome outcome;
	uint32_t status;

	if (handle == NULL)
		return FAULT_BAD_HANDLE;
	status = result_ntstatus(act_on(caller, get_u32(in), &action, &outcome));
	put_u32(out, status);
	put_u8(out, status == 0);
	return 0;
}

static uint32_t disconnect(struct caller *caller, struct reader *in, struct buffer *out)
{
	return act(caller, in, out, ACT_DISCONNECT);
}

static uint32_t reset(struct caller *caller, struct reader *in, struct buffer *out)
{
	return act(caller, in, out, ACT_LOGOFF);
}

static uint32_t send_message(struct caller *caller, struct reader *in, struct buffer *out)
{
	struct handle *handle = handle_get(caller, in);
	uint32_t number = get_u32(in), seconds, status;
	struct action action = {.act = ACT_MESSAGE};
	struct outcome outcome = {0};
	bool waits;

	if (handle == NULL)
		return FAULT_BAD_HANDLE;
	action.title = get_wide_array(in, &caller->arena);
	get_u32(in); /* its length once more */
	action.text = get_wide_array(in, &caller->arena);
	get_u32(in);
	get_u32(in); /* style */
	seconds = get_u32(in);
	waits = get_u8(in) == 0;
	if (in->short_of)
		return FAULT_BAD_STUB;
	if (waits)
		action.answer_wait = seconds > 0 ? seconds * INT64_C(1000) : INT64_C(1) << 40;
	status = result_ntstatus(act_on(caller, number, &action, &outcome));
	put_u32(out, status);
	put_u32(out, status == 0 ? message_response(&outcome, waits) : 0);
	put_u8(out, status == 0);
	return 0;
}

const struct call legacy_calls[] = {
    {.name = "OpenServer", .opnum = 0, .function = open_server},
    {.name = "CloseServer", .opnum = 1, .function = close_server},
    {.name = "Enumerate", .opnum = 3, .function = enumerate},
    {.name = "QueryInformation", .opnum = 5, .function = query_information},
    {.name = "SendMessage", .opnum = 7, .function = send_message, .acts = true},
    {.name = "LegacyDisconnect", .opnum = 13, .function = disconnect, .acts = true},
    {.name = "Reset", .opnum = 14, .function = reset, .acts = true},
    {.name = NULL},
};
