/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bodies of the calls (stub data) as they are on the wire: MS-TSTS's in
 * NDR (C706 chapter 14, MS-RPCE 2.2.4), and one of MS-SRVS for the clock.
 *
 * Bytes in, structs out: no network, no clock.  The bytes come from a host
 * that may lie, so every count, tag and pointer is checked before it is used.
 * Readers return 0, or -1 if the reply is not well-formed; then what they were
 * to fill is undefined.  An HRESULT is set whenever they return 0; with a failure
 * in it nothing else need be.
 */
#ifndef CURFEW_PROVIDERS_TSTS_WIRE_H
#define CURFEW_PROVIDERS_TSTS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"

enum wire_interface {
	WIRE_ENUMERATION, /* TermSrvEnumeration (MS-TSTS 3.3.4.3) */
	WIRE_SESSION,     /* TermSrvSession (3.3.4.1) */
	WIRE_CLIENT,      /* RCMPublic (3.5.4.1) */
	WIRE_CLOCK,       /* the server service (MS-SRVS 3.1.4) */
	WIRE_INTERFACES,
};

/* The opnums used. */
enum {
	ENUMERATION_OPEN = 0,
	ENUMERATION_CLOSE = 1,
	ENUMERATION_RESULT = 5,
	SESSION_OPEN = 0,
	SESSION_CLOSE = 1,
	SESSION_DISCONNECT = 3,
	SESSION_LOGOFF = 4,
	SESSION_USER_NAME = 5,
	SESSION_MESSAGE = 9,
	SESSION_COUNT = 15,
	SESSION_INFORMATION = 17,
	CLIENT_DATA = 0,
	CLOCK_TIME_OF_DAY = 28,
};

/* HRESULTs, and what the message box answers (MS-TSTS 3.3.4.1.10). */
#define HRESULT_NOT_FOUND     0x80070002u
#define HRESULT_ACCESS_DENIED 0x80070005u
#define HRESULT_LOGGING_OFF   0x10000000u /* what RpcLogoff says on success */
enum { MESSAGE_OK = 1, MESSAGE_CANCEL = 2, MESSAGE_TIMEOUT = 32000, MESSAGE_ASYNC = 32001 };

/* More sessions than that in one answer are no Windows host. */
enum { WIRE_SESSIONS = 10000 };

struct wire_bytes {
	const uint8_t *data;
	size_t length;
};

struct wire_handle {
	uint8_t bytes[20];
};

/* WTS_CONNECTSTATE_CLASS and a station name that may be "". */
struct wire_listed {
	uint32_t id;
	uint32_t state;
	const char *station;
};

/* LSM_SESSIONINFO_EX_LEVEL1 (2.2.2.11); times are FILETIMEs. */
struct wire_session {
	uint32_t state;
	uint32_t flags;
	const char *station, *domain, *user;
	bool user_whole, domain_whole; /* however long they are (told_take_name()) */
	uint64_t connected, disconnected, logon, last_input;
};

/* WINSTATIONCLIENT (2.2.2.19); facts as client_facts() has them. */
struct wire_client {
	const char *name;
	const char *address;
	struct string_list facts;
};

bool hresult_failed(uint32_t hresult);
/* UTF-16 of at most so many units (257 at most), up to the first NUL, as UTF-8; lone surrogates are U+FFFD. */
const char *utf16_text(struct arena *arena, const uint16_t *units, size_t most);

/* Requests.  The bytes belong to the arena. */
struct wire_bytes wire_nothing(void);
struct wire_bytes wire_number(struct arena *arena, uint32_t number);                  /* a session's id */
struct wire_bytes wire_handle(struct arena *arena, const struct wire_handle *handle); /* a handle alone */
struct wire_bytes wire_result(struct arena *arena, const struct wire_handle *handle); /* GetEnumResult, level 1 */
struct wire_bytes wire_information(struct arena *arena, uint32_t id);                 /* level 1 */
struct wire_bytes wire_message(struct arena *arena, const struct wire_handle *handle, const char *title,
                               const char *text, uint32_t style, uint32_t seconds, bool wait);

/* Replies.  Texts are UTF-8 and belong to the arena. */
int wire_read_hresult(struct wire_bytes reply, uint32_t *hresult);
int wire_read_handle(struct wire_bytes reply, struct wire_handle *handle, uint32_t *hresult);
int wire_read_listed(struct wire_bytes reply, struct arena *arena, struct wire_listed **listed, size_t *count,
                     uint32_t *hresult);
int wire_read_session(struct wire_bytes reply, struct arena *arena, struct wire_session *session, uint32_t *hresult);
/* RpcGetUserName (3.3.4.1.6).  Null pointers are "". */
int wire_read_name(struct wire_bytes reply, struct arena *arena, const char **user, const char **domain,
                   uint32_t *hresult);
int wire_read_client(struct wire_bytes reply, struct arena *arena, struct wire_client *client, uint32_t *hresult);
int wire_read_answer(struct wire_bytes reply, uint32_t *answer, uint32_t *hresult);
/* RpcGetLoggedOnCount (MS-TSTS 3.3.4.1.14): the sessions of users; who asks needs no right for it. */
int wire_read_count(struct wire_bytes reply, uint32_t *users, uint32_t *hresult);
/* NetrRemoteTOD: ms since the epoch.  *status is a Win32 error, 0 if it went well. */
int wire_read_time(struct wire_bytes reply, int64_t *now, uint32_t *status);

#endif
