/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LSM_API_service: TermSrvEnumeration and TermSrvSession (MS-TSTS 3.3.4). */
#include "t/servers/tsts/calls.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "t/servers/tsts/host.h"
#include "t/servers/tsts/stub.h"

enum { STATION_SIZE = 33, DOMAIN_SIZE = 18, USER_SIZE = 21, LEVEL = 1 };

static uint32_t open_enum(struct caller *caller, struct reader *in, struct buffer *out)
{
	enum result result = host_knock(caller->host);

	(void)in;
	handle_put(out, result == RESULT_OK ? caller->common : NULL);
	put_u32(out, result_hresult(result));
	return 0;
}

static uint32_t close_enum(struct caller *caller, struct reader *in, struct buffer *out)
{
	struct handle *handle = handle_get(caller, in);

	if (handle == NULL)
		return FAULT_BAD_HANDLE;
	handle_close(caller, handle);
	handle_put(out, NULL);
	put_u32(out, 0);
	return 0;
}

/* SESSIONENUM, level 1 (2.2.2.4). */
static void put_entry(struct buffer *out, const struct session *session, struct arena *arena)
{
	put_u32(out, LEVEL);
	put_u32(out, LEVEL); /* the union's tag */
	put_u32(out, session->number);
	put_u32(out, (uint32_t)session->state);
	put_wide(out, station_of(session, arena), STATION_SIZE);
}

/* A session that the caller may not query is left out, and nothing says so. */
static uint32_t get_enum_result(struct caller *caller, struct reader *in, struct buffer *out)
{
	struct snapshot snapshot;
	uint32_t count = 0;

	if (handle_get(caller, in) == NULL)
		return FAULT_BAD_HANDLE;
	if (get_u32(in) != LEVEL)
		return FAULT_BAD_STUB;
	host_list(caller->host, &snapshot);
	for (size_t i = 0; i < snapshot.count; i++)
		count += may_see(caller, &snapshot.sessions[i]);
	put_u32(out, count > 0 ? 0x00020000 : 0);
	if (count > 0)
		put_u32(out, count);
	for (size_t i = 0; i < snapshot.count; i++)
		if (may_see(caller, &snapshot.sessions[i]))
			put_entry(out, &snapshot.sessions[i], &caller->arena);
	put_u32(out, count);
	put_u32(out, 0);
	snapshot_free(&snapshot);
	return 0;
}

static uint32_t open_session(struct caller *caller, struct reader *in, struct buffer *out)
{
	struct hold *hold;
	enum result result = caller_hold(caller, get_u32(in), &hold);

	handle_put(out, result == RESULT_OK ? handle_new(caller, hold) : NULL);
	put_u32(out, result_hresult(result));
	return 0;
}

static uint32_t act(struct caller *caller, struct reader *in, struct buffer *out, enum act what)
{
	struct handle *handle = handle_get(caller, in);
	const struct action action = {.act = what};
	struct outcome outcome;

	if (handle == NULL || handle->hold == NULL)
		return FAULT_BAD_HANDLE;
	put_u32(out, result_hresult(caller_act(caller, handle->hold, &action, &outcome)));
	return 0;
}

static uint32_t disconnect(struct caller *caller, struct reader *in, struct buffer *out)
{
	return act(caller, in, out, ACT_DISCONNECT);
}

static uint32_t logoff(struct caller *caller, struct reader *in, struct buffer *out)
{
	return act(caller, in, out, ACT_LOGOFF);
}

/* The names whole, which the information about a session cuts. */
static uint32_t get_user_name(struct caller *caller, struct reader *in, struct buffer *out)
{
	struct handle *handle = handle_get(caller, in);
	const struct session *session;
	enum result result;

	if (handle == NULL || handle->hold == NULL)
		return FAULT_BAD_HANDLE;
	result = caller_name(caller, handle->hold, &session);
	put_string(out, result == RESULT_OK ? session->user : NULL);
	put_string(out, result == RESULT_OK ? session->domain : NULL);
	put_u32(out, result_hresult(result));
	return 0;
}

static uint32_t show_message_box(struct caller *caller, struct reader *in, struct buffer *out)
{
	struct handle *handle = handle_get(caller, in);
	struct action action = {.act = ACT_MESSAGE};
	struct outcome outcome = {0};
	enum result result;
	uint32_t seconds;
	bool waits;

	if (handle == NULL || handle->hold == NULL)
		return FAULT_BAD_HANDLE;
	action.title = get_string(in, &caller->arena);
	action.text = get_string(in, &caller->arena);
	get_u32(in); /* style */
	seconds = get_u32(in);
	waits = get_u32(in) == 0;
	if (in->short_of)
		return FAULT_BAD_STUB;
	/* Without a time-out it waits for ever. */
	if (waits)
		action.answer_wait = seconds > 0 ? seconds * INT64_C(1000) : INT64_C(1) << 40;
	result = caller_act(caller, handle->hold, &action, &outcome);
	put_u32(out, result == RESULT_OK ? message_response(&outcome, waits) : 0);
	put_u32(out, result_hresult(result));
	return 0;
}

static uint32_t lock_flags(const struct session *session)
{
	switch (session->locked) {
	case FLAG_YES:
		return 0;
	case FLAG_NO:
		return 1;
	default:
		return 0xffffffff;
	}
}

/* LSMSESSIONINFORMATION_EX is [ref, out]: no referent id.  Its union has 64-bit members (2.2.2.9). */
static uint32_t get_session_information_ex(struct caller *caller, struct reader *in, struct buffer *out)
{
	struct session session;
	enum result result = caller_session(caller, get_u32(in), &session);

	if (get_u32(in) != LEVEL)
		return FAULT_BAD_STUB;
	put_u32(out, LEVEL);
	put_u32(out, LEVEL);
	put_align(out, 8);
	put_u32(out, (uint32_t)session.state);
	put_u32(out, session.class == CLASS_USER ? lock_flags(&session) : 0xffffffff);
	put_wide(out, result == RESULT_OK ? station_of(&session, &caller->arena) : "", STATION_SIZE);
	put_wide(out, session.domain, DOMAIN_SIZE);
	put_wide(out, session.user, USER_SIZE);
	put_u64(out, filetime(session.connect_time));
	put_u64(out, filetime(session.disconnect_time));
	put_u64(out, filetime(session.logon_time));
	put_u64(out, filetime(session.last_input));
	put_u32(out, 0); /* no protocol data … */
	put_u32(out, 0); /* … and no pointer to it */
	put_u32(out, result_hresult(result));
	return 0;
}

const struct call enumeration_calls[] = {
    {.name = "OpenEnum", .opnum = 0, .function = open_enum, .delayed = true},
    {.name = "CloseEnum", .opnum = 1, .function = close_enum},
    {.name = "GetEnumResult", .opnum = 5, .function = get_enum_result},
    {.name = "GetEnumResultEx", .opnum = 9, .function = get_enum_result},
    {.name = NULL},
};

/* All users' sessions, whoever asks (3.3.4.1.14). */
static uint32_t get_logged_on_count(struct caller *caller, struct reader *in, struct buffer *out)
{
	struct snapshot snapshot;
	uint32_t users = 0;

	(void)in;
	host_list(caller->host, &snapshot);
	for (size_t i = 0; i < snapshot.count; i++)
		users += snapshot.sessions[i].numbered && snapshot.sessions[i].user[0] != '\0' &&
		         snapshot.sessions[i].class != CLASS_SERVICES && snapshot.sessions[i].class != CLASS_LISTENER;
	snapshot_free(&snapshot);
	put_u32(out, users);
	put_u32(out, 0); /* media center extenders */
	put_u32(out, 0);
	return 0;
}

const struct call session_calls[] = {
    {.name = "OpenSession", .opnum = 0, .function = open_session},
    {.name = "CloseSession", .opnum = 1, .function = close_enum},
    {.name = "Disconnect", .opnum = 3, .function = disconnect, .acts = true},
    {.name = "Logoff", .opnum = 4, .function = logoff, .acts = true},
    {.name = "GetUserName", .opnum = 5, .function = get_user_name},
    {.name = "ShowMessageBox", .opnum = 9, .function = show_message_box, .acts = true},
    {.name = "GetLoggedOnCount", .opnum = 15, .function = get_logged_on_count},
    {.name = "GetSessionInformationEx", .opnum = 17, .function = get_session_information_ex},
    {.name = NULL},
};
